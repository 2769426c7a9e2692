#!/bin/bash
# image: mariadb
mariadb-install-db --auth-root-authentication-method=normal >/dev/null 2>&1
mariadbd >/tmp/log 2>&1 &
until mariadb-admin -u root ping >/dev/null 2>&1; do sleep 0.3; done
mariadb -u root -N -e "
    create database shop; use shop;
    create table item (id int primary key auto_increment, name varchar(20)) engine = innodb;
    insert into item (name) values ('apple'), ('pear'), ('plum');
    begin; delete from item; rollback;
    select group_concat(name order by id) from item;"
mariadb-admin -u root shutdown
wait && echo stopped
mariadbd >>/tmp/log 2>&1 &
until mariadb-admin -u root ping >/dev/null 2>&1; do sleep 0.3; done
mariadb -u root -N -e 'select count(*) from shop.item'
mariadb-admin -u root shutdown
wait
