#!/bin/sh
# image: servers
# port: 11211
# request: add counter 0 0 3\r\n100\r\nincr counter 5\r\nquit\r\n
# first: STORED\r\n105\r\n
# second: NOT_STORED\r\n110\r\n
# ends: 0
exec memcached -u root
