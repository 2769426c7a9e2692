#!/bin/bash
# image: tools
# What people look around with: processes, memory, mounts, limits, rights, addresses; programs of a
# whole screen; what is not allowed here is refused in words.
cd /tmp
export TERM=xterm
sleep 1000 &
top -b -n 1 | awk '/^Tasks:/ { print "top:", ($2 > 3) } /sleep$/ { print "top:", $NF }'
ps -eo pid,ppid,stat,comm | awk -v parent=$$ '$4 == "sleep" { print "ps:", $2 == parent, $3, $4 }'
ps aux | awk '$11 == "sleep" { print "ps aux:", $1, $NF }'
pgrep -c -P $$ sleep
pmap $! | awk '/ total / { print "pmap:", $2 ~ /^[0-9]+K$/ }'
kill $! && wait $! 2>/dev/null
echo "sleep ended: $?"
free -b | awk '/^Mem:/ { print "free:", ($2 > 0 && $2 >= $3 + $4) }'
vmstat | awk 'NR == 3 { print "vmstat:", NF }'
uptime | grep -o 'load average'
python3 -c 'import os; told = float(open("/proc/loadavg").read().split()[0]); print("load:", abs(os.getloadavg()[0] - told) < 0.5)'
findmnt -n -o FSTYPE /proc
df -P / | awk 'NR == 2 { print "df:", ($2 > 0), $6 }'
lscpu | awk '/^Architecture/ { print $2 }'
[ "$(nproc)" = "$(grep -c ^processor /proc/cpuinfo)" ] && echo "nproc as cpuinfo"
prlimit -n --raw -o SOFT --noheadings --nofile=100:200 sh -c 'ulimit -Sn; ulimit -Hn'
taskset -c 0 nproc
chrt -b 0 chrt -p 0 >/dev/null && nice -n 5 nice && ionice -c 3 true && echo "priorities"
setpriv --reuid 1000 --regid 1000 --clear-groups --no-new-privs id
setpriv --reuid 1000 --bounding-set -all capsh --print | grep -o '^Bounding set =.*'
ip -o -4 addr show lo | awk '{ print $4 }'
ip route get 127.0.0.1 | grep -o 'dev lo' && ip route get 192.0.2.1 | grep -o 'src [0-9.]*'
flock 9 true 9>lock && echo locked
exec 8>lock; flock 8; (flock -n 9 || echo "locked by another") 9>lock; flock -u 8
nc -l 127.0.0.1 7000 >heard & until ss -ltn | grep -q ':7000 '; do sleep 0.1; done
echo 'by netcat' | nc -N 127.0.0.1 7000; wait; cat heard
ss -ltx 2>&1 >/dev/null | wc -l
script -qec 'tty | sed "s/[0-9]*$/N/"; stty -a | grep -o "icanon"; tput cols' /dev/null | tr -d '\r'
{ sleep 0.5; printf q; } | script -qec 'seq 100 | less' /dev/null | grep -c '^20.$'
{ sleep 2; printf q; } | script -qec 'top' /dev/null | grep -qa 'load average' && echo "top on a terminal"
openssl speed -seconds 1 -bytes 1024 sha256 2>/dev/null | awk '/^sha256/ { print $1 }'
openssl genpkey -algorithm ed25519 -out key && openssl pkeyutl -sign -inkey key -rawin -in /etc/passwd -out signed &&
    openssl pkeyutl -verify -inkey key -rawin -in /etc/passwd -sigfile signed
dd if=/dev/urandom of=block bs=64K count=16 oflag=direct conv=fsync 2>/dev/null && stat -c %s block
fallocate -p -o 65536 -l 65536 block && cmp -n 65536 -i 65536:0 block /dev/zero && echo "a hole"
dmesg 2>&1 | grep -o 'Operation not permitted'
unshare -m true 2>&1 | grep -o 'Operation not permitted'
