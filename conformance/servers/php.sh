#!/bin/bash
# image: php
# port: 80
# get: /abc
# first: 3 so far, cli-server
# second: 6 so far, cli-server
# ends: 0
# PHP's own server behind nginx as a reverse proxy.
cat >index.php <<'PHP'
<?php
$file = fopen("/tmp/asked", "c+");
flock($file, LOCK_EX);
$asked = (int) stream_get_contents($file) + strlen($_SERVER["REQUEST_URI"]) - 1;
rewind($file);
fwrite($file, (string) $asked);
fclose($file);
echo $asked, " so far, ", PHP_SAPI;
PHP
php -S 127.0.0.1:8000 index.php >/tmp/log 2>&1 &
until (exec 3<>/dev/tcp/127.0.0.1/8000) 2>/dev/null; do sleep 0.1; done
cat >/etc/nginx/sites-enabled/default <<'NGINX'
server {
    listen 80;
    location / {
        proxy_pass http://127.0.0.1:8000;
    }
}
NGINX
exec nginx -g 'daemon off;'
