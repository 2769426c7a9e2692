#!/bin/bash
# image: servers
# memcached, etcd, NATS, and two proxies one behind the other; what etcd and NATS keep is there again
# after a stop and a start.
cd /data
export HOME=/data ETCDCTL_API=3
declare -A running
start() {
    local name=$1
    shift
    "$@" >>"/tmp/$name.log" 2>&1 &
    running[$name]=$!
}
stop() {
    kill "${running[$1]}"
    wait "${running[$1]}"
}
reachable() { until (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; do sleep 0.1; done; }
start_all() {
    start memcached memcached -u root -l 127.0.0.1
    start etcd etcd
    start nats nats-server -a 127.0.0.1 -js -sd /data/nats
}
start_all
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
for port in 11211 2379 4222 8081 8082; do reachable $port; done
exec 3<>/dev/tcp/127.0.0.1/11211
printf 'set greeting 0 0 5\r\nhello\r\nget greeting\r\nquit\r\n' >&3
tr -d '\r' <&3
etcdctl put key value
etcdctl get key
exec 3<>/dev/tcp/127.0.0.1/4222
printf 'CONNECT {"verbose":false}\r\nSUB news 1\r\nPUB news 5\r\nhello\r\n' >&3
for i in 1 2 3; do read -r line <&3 && [[ $line == INFO* ]] || echo "${line%$'\r'}"; done
# ask SUBJECT BODY PATTERN: what matches in the answer of NATS' stored streams, in JSON.
ask() {
    local line
    exec 3<>/dev/tcp/127.0.0.1/4222
    printf 'CONNECT {"verbose":false}\r\nSUB answer 1\r\nPUB %s answer %d\r\n%s\r\n' "$1" ${#2} "$2" >&3
    until [[ ${line:-} == MSG* ]]; do read -r line <&3; done
    read -r line <&3
    [[ $line =~ $3 ]] && echo "${BASH_REMATCH[1]}"
}
ask '$JS.API.STREAM.CREATE.KEPT' '{"name":"KEPT","subjects":["kept"]}' '"name":"([^"]*)"'
ask kept 'a stored message' '"seq":([0-9]*)'
until curl -sf -o page http://127.0.0.1:8082/; do sleep 0.1; done
for i in $(seq 1 20); do curl -sf http://127.0.0.1:8082/; done; echo

stop memcached
stop etcd
stop nats
start_all
for port in 11211 2379 4222; do reachable $port; done
exec 3<>/dev/tcp/127.0.0.1/11211
printf 'get greeting\r\nquit\r\n' >&3
tr -d '\r' <&3
etcdctl get key
until ask '$JS.API.STREAM.INFO.KEPT' '' '"messages":(1)' >/dev/null; do sleep 0.1; done
ask '$JS.API.STREAM.MSG.GET.KEPT' '{"seq":1}' '"data":"([^"]*)"' | base64 -d; echo
