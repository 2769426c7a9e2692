#!/bin/bash
# image: servers
# port: 8082
# request: POST /v3/kv/put HTTP/1.1\r\nHost: clone\r\nConnection: close\r\nContent-Length: 29\r\n\r\n{"key":"YQ==","value":"Yg=="}
# first: "revision":"2"
# second: "revision":"3"
# etcd behind Caddy behind HAProxy.
cd /data
export HOME=/data
etcd >/tmp/etcd.log 2>&1 &
reachable() { until (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; do sleep 0.1; done; }
reachable 2379
caddy reverse-proxy --from http://:8081 --to 127.0.0.1:2379 >/tmp/caddy.log 2>&1 &
reachable 8081
cat >haproxy.cfg <<'HAPROXY'
defaults
    mode http
    timeout connect 60s
    timeout client 60s
    timeout server 60s
frontend front
    bind :8082
    default_backend back
backend back
    server caddy 127.0.0.1:8081
HAPROXY
exec haproxy -f haproxy.cfg
