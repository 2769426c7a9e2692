#!/bin/sh
# image: node-web
# port: 3000
# request: POST /notes HTTP/1.1\r\nHost: clone\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n{"text":"a"}
# first: {"count":1}
# second: {"count":2}
export NODE_ENV=production
exec node /srv/express/server.js
