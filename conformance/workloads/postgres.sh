#!/bin/bash
# image: postgres
# A cluster of its own, eight clients, a crash, recovery without a lost commit, a dump.
export PGUSER=postgres PGHOST=/run/postgresql
start() {
    docker-entrypoint postgres >>/tmp/log 2>&1 &
    until psql -qc 'select 1' >/dev/null 2>&1; do sleep 0.3; done
}
start
psql -Atc "select split_part(version(), '.', 1)"
psql -q -c 'create table kept(n int primary key)' -c 'insert into kept select generate_series(1, 1000)'
pgbench -q -i -s 1 >/dev/null 2>&1
pgbench -c 8 -j 2 -t 20 2>/dev/null | grep -E 'processed|failed'
kill -9 "$(head -n 1 "$PGDATA/postmaster.pid")"
wait
# The other processes of the cluster notice that their parent is gone.
while ls /proc/[0-9]*/exe -l 2>/dev/null | grep -q bin/postgres; do sleep 0.2; done
rm -f "$PGDATA/postmaster.pid"
start
psql -Atc 'select count(*), sum(n) from kept' -c 'select count(*) from pgbench_history' \
    -c 'select sum(abalance) = (select sum(delta) from pgbench_history) from pgbench_accounts'
pg_dump -t kept | grep -c '^[0-9]'
pg_ctl stop -m fast >/dev/null && echo stopped
