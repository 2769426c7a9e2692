#!/bin/sh
# image: postgres
# port: 5432
# request: \000\000\000)\000\003\000\000user\000postgres\000database\000postgres\000\000Q\000\000\000~create table if not exists kept (n int);insert into kept select generate_series(1, 100);select 'sum ' || sum(n) from kept\000X\000\000\000\004
# first: sum 5050
# second: sum 10100
# ends: 0
exec docker-entrypoint postgres
