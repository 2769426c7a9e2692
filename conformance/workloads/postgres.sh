#!/bin/bash
# image: postgres
# A cluster of its own, eight clients, parallel workers and System V shared memory, a crash amid
# commits and recovery without a lost one, a dump that is restored.
export PGUSER=postgres PGHOST=/run/postgresql
start() {
    docker-entrypoint postgres "$@" >>/tmp/log 2>&1 &
    until psql -qc 'select 1' >/dev/null 2>&1; do sleep 0.3; done
}
start
psql -Atc "select split_part(version(), '.', 1)"
psql -q -c 'create table kept(n int primary key)' -c 'insert into kept select generate_series(1, 1000)'
pgbench -q -i -s 1 >/dev/null 2>&1
pgbench -c 8 -j 2 -t 20 2>/dev/null | grep -E 'processed|failed'
# Workers share memory with whom they work for, of POSIX by default.
parallel="set force_parallel_mode = on; set parallel_setup_cost = 0; set parallel_tuple_cost = 0;
    set min_parallel_table_scan_size = 0"
psql -Atq -c "$parallel" -c 'select count(*), sum(aid) from pgbench_accounts'
psql -At -c 'show dynamic_shared_memory_type'

# Each line is a commit that was acknowledged.
psql -q -c 'create table log(n int)'
for n in $(seq 1 100000); do echo "insert into log values ($n) returning n;"; done |
    psql -Atq >/tmp/acknowledged 2>/dev/null &
client=$!
until [ "$(wc -l </tmp/acknowledged)" -ge 50 ]; do sleep 0.1; done
kill -9 "$(head -n 1 "$PGDATA/postmaster.pid")"
wait $client
# The other processes of the cluster notice that their parent is gone.
while ls /proc/[0-9]*/exe -l 2>/dev/null | grep -q bin/postgres; do sleep 0.2; done
rm -f "$PGDATA/postmaster.pid"
start -c shared_memory_type=sysv -c dynamic_shared_memory_type=sysv
psql -Atc 'select count(*), sum(n) from kept' -c 'select count(*) from pgbench_history' \
    -c 'select sum(abalance) = (select sum(delta) from pgbench_history) from pgbench_accounts' \
    -c "select count(*) >= $(wc -l </tmp/acknowledged), count(*) = max(n) from log"
psql -Atq -c "$parallel" -c 'select count(*), sum(aid) from pgbench_accounts'
# Newer versions guard a dump with a random word.
dump() { pg_dump --exclude-table-data pgbench_accounts "$@" | grep -v restrict; }
dump >/tmp/dump && createdb again && psql -q -d again -f /tmp/dump >/dev/null
[ "$(dump -d again | sha256sum)" = "$(sha256sum </tmp/dump)" ] && echo "restored as it was"
pg_ctl stop -m fast >/dev/null && echo stopped
