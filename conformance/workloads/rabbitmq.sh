#!/bin/bash
# image: rabbitmq
# long
# A durable queue, messages that outlast a stop and a start of the server, an acknowledged end.
cd /var/lib/rabbitmq
start() {
    rabbitmq-server >/tmp/log 2>&1 &
    until amqp-declare-queue -q news -d >/dev/null 2>&1; do sleep 1; done
}
stop() {
    kill -TERM "$(pidof beam.smp)"
    wait
}
start
for i in 1 2 3; do amqp-publish -r news -p -b "message $i"; done
echo "first: $(amqp-get -q news)"
stop
start
echo "after a restart: $(amqp-get -q news)"
amqp-consume -q news -c 1 cat
echo
stop
grep -c 'Starting broker' /tmp/log
