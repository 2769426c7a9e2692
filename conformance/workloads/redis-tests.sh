#!/bin/sh
# image: redis-tests
# Those of Redis' own tests that ask most of the system and nothing of the time.
cd /redis
units="unit/keyspace unit/type/incr unit/pubsub unit/acl-v2 unit/quit"
if tclsh tests/test_helper.tcl --clients 2 $(printf -- ' --single %s' $units) >/tmp/log 2>&1; then
    echo "$(grep -c '^.[0-9/]* done' /tmp/log) passed"
else
    cat /tmp/log
fi
