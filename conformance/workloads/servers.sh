#!/bin/bash
# image: servers
# memcached, etcd, NATS, and two proxies one behind the other.
cd /data
export HOME=/data ETCDCTL_API=3
memcached -u root -l 127.0.0.1 2>/dev/null &
etcd >/tmp/etcd.log 2>&1 &
nats-server -a 127.0.0.1 >/tmp/nats.log 2>&1 &
caddy respond --listen :8081 hello >/tmp/caddy.log 2>&1 &
cat >haproxy.cfg <<'HAPROXY'
defaults
    mode http
    timeout connect 20s
    timeout client 20s
    timeout server 20s
frontend front
    bind 127.0.0.1:8082
    default_backend back
backend back
    server caddy 127.0.0.1:8081
HAPROXY
haproxy -f haproxy.cfg >/tmp/haproxy.log 2>&1 &
reachable() { until (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; do sleep 0.1; done; }
for port in 11211 2379 4222 8081 8082; do reachable $port; done
exec 3<>/dev/tcp/127.0.0.1/11211
printf 'set greeting 0 0 5\r\nhello\r\nget greeting\r\nquit\r\n' >&3
tr -d '\r' <&3
etcdctl put key value
etcdctl get key
exec 3<>/dev/tcp/127.0.0.1/4222
printf 'CONNECT {"verbose":false}\r\nSUB news 1\r\nPUB news 5\r\nhello\r\n' >&3
for i in 1 2 3; do read -r line <&3 && [[ $line == INFO* ]] || echo "${line%$'\r'}"; done
until curl -sf -o page http://127.0.0.1:8082/; do sleep 0.1; done
for i in $(seq 1 20); do curl -sf http://127.0.0.1:8082/; done; echo
