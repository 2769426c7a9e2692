#!/bin/sh
# image: redis
# Persistence by log and by a saved file, transactions, scripts, a replica, a benchmark.
cd /data
ask() { redis-cli -p "$@"; }
await() { until [ "$(ask "$1" ping 2>/dev/null)" = PONG ]; do sleep 0.1; done; }
redis-server --port 7001 --appendonly yes --appendfsync always --daemonize yes >/dev/null
redis-server --port 7002 --replicaof 127.0.0.1 7001 --dbfilename replica.rdb --daemonize yes >/dev/null
await 7001
await 7002
ask 7001 set greeting hello
ask 7001 eval 'return redis.call("get", KEYS[1]) .. ARGV[1]' 1 greeting ' world'
for i in $(seq 1 500); do echo "rpush list value$i"; done | ask 7001 | tail -n 1
until [ "$(ask 7002 llen list)" = 500 ]; do sleep 0.1; done
echo "replica: $(ask 7002 lindex list -1)"
ask 7001 bgsave >/dev/null
until ask 7001 info persistence | grep -q 'rdb_bgsave_in_progress:0'; do sleep 0.1; done
ask 7001 info persistence | grep -E '^rdb_last_bgsave_status' | tr -d '\r'
redis-benchmark -p 7001 -n 2000 -c 20 -t set,get,incr,lpush -q | grep -c 'requests per second'
kill -9 "$(ask 7001 info server | sed -n 's/^process_id:\([0-9]*\).*/\1/p')"
redis-server --port 7003 --appendonly yes --daemonize yes >/dev/null
await 7003
echo "after kill -9: $(ask 7003 get greeting), $(ask 7003 lindex list 499)"
ask 7003 save >/dev/null
ask 7003 shutdown nosave
rm -r appendonlydir
redis-server --port 7004 --daemonize yes >/dev/null
await 7004
echo "from the saved file: $(ask 7004 get greeting), $(ask 7004 llen list)"
ask 7004 shutdown nosave
