#!/bin/bash
# image: php
cd /var/www/html
rm -f index.*
echo '<?php echo PHP_SAPI, " ", array_sum(range(1, 100)), "\n";' >index.php
php -S 127.0.0.1:8000 >/dev/null 2>&1 &
php-fpm8.2 -D
cat >/etc/nginx/sites-enabled/default <<'NGINX'
server {
    listen 80;
    root /var/www/html;
    index index.php;
    location ~ \.php$ {
        include fastcgi_params;
        fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
        fastcgi_pass unix:/run/php/php8.2-fpm.sock;
    }
}
NGINX
nginx
get() { php -r 'for ($i = 0; $i < 300; $i++) { $page = @file_get_contents($argv[1]); if ($page !== false) break; usleep(100000); } echo $page;' "$1"; }
get http://127.0.0.1:8000/
for i in 1 2 3; do get http://127.0.0.1/index.php; done
nginx -s quit
