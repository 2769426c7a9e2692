#!/bin/sh
# image: nginx
# port: 80
# get: /
# first: Welcome to nginx!
# second: Welcome to nginx!
# ends: 0
exec nginx -g 'daemon off;'
