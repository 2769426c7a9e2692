#!/bin/bash
# image: mariadb
# port: 3306
# request: B\000\000\001\011\202\011\000\000\000\000\001!\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000guest\000\000shop\000mysql_native_password\0006\000\000\000\003insert into item (price) select seq from seq_1_to_100>\000\000\000\003select concat('sum ', sum(price), ' of ', count(*)) from item\001\000\000\000\001
# first: sum 5050 of 100
# second: sum 10100 of 200
# ends: 0
mariadb-install-db --auth-root-authentication-method=normal >/dev/null 2>&1
cat >/tmp/init.sql <<'SQL'
create database shop;
create table shop.item (id int primary key auto_increment, price int not null) engine = innodb;
create user guest@'%';
grant all on shop.* to guest@'%';
SQL
exec mariadbd --bind-address=0.0.0.0 --init-file=/tmp/init.sql
