#!/bin/sh
# image: redis
# port: 6379
# request: INCRBY counter 40\r\nEVAL 'return redis.call("incr", KEYS[1])' 1 counter\r\nQUIT\r\n
# first: :40\r\n:41\r\n+OK
# second: :81\r\n:82\r\n+OK
# ends: 0
# Each change is in its log before it is answered.
exec redis-server --protected-mode no --appendonly yes --appendfsync always
