#!/bin/bash
# image: php
# port: 80
# get: /abc
# first: 3 so far, fpm-fcgi
# second: 6 so far, fpm-fcgi
# ends: 0
# php-fpm behind nginx, over a Unix socket.
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
php-fpm8.2 -D
cat >/etc/nginx/sites-enabled/default <<'NGINX'
server {
    listen 80;
    location / {
        include fastcgi_params;
        fastcgi_param SCRIPT_FILENAME /var/www/html/index.php;
        fastcgi_pass unix:/run/php/php8.2-fpm.sock;
    }
}
NGINX
exec nginx -g 'daemon off;'
