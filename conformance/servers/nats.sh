#!/bin/bash
# image: servers
# port: 4222
# request: CONNECT {"verbose":false}\r\nSUB answer 1\r\nPUB kept answer 5\r\nhello\r\n
# first: "seq":1}
# second: "seq":2}
# A stream of NATS that is kept on disk. After SIGTERM its code is 1 or 0: two of its threads exit.
nats-server -js -sd /data/nats -p 4221 >/tmp/log 2>&1 &
until (exec 3<>/dev/tcp/127.0.0.1/4221) 2>/dev/null; do sleep 0.1; done
exec 3<>/dev/tcp/127.0.0.1/4221
config='{"name":"KEPT","subjects":["kept"]}'
printf 'CONNECT {"verbose":false}\r\nSUB made 1\r\nPUB $JS.API.STREAM.CREATE.KEPT made %d\r\n%s\r\n' ${#config} "$config" >&3
until [[ ${line:-} == MSG* ]]; do read -r line <&3; done
exec 3<&-
kill $!
wait
exec nats-server -js -sd /data/nats
