#!/bin/sh
# image: tools
# git over its own protocol, curl against a server in Perl, sqlite3, archives, apt's tools.
set -e
export HOME=/root GIT_CONFIG_COUNT=0
cd /tmp
git config --global user.email a@example.org
git config --global user.name A
git config --global init.defaultBranch main
git init -q origin
cd origin
for i in 1 2 3; do
    seq $((i * 1000)) >"file$i"
    git add . && git commit -q -m "commit $i"
done
cd ..
git daemon --base-path=/tmp --export-all --reuseaddr --listen=127.0.0.1 --detach \
    --pid-file=/tmp/git.pid /tmp
until git ls-remote git://127.0.0.1/origin >/dev/null 2>&1; do sleep 0.1; done
git clone -q git://127.0.0.1/origin copy
git -C copy log --format=%s
git -C copy fsck 2>&1 | tail -n 1
kill "$(cat git.pid)"
cat >server.pl <<'PERL'
use IO::Socket::INET;
my $server = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 8000, Listen => 5, ReuseAddr => 1) or die;
for (1 .. 3) {
    my $client = $server->accept;
    my $request = <$client>;
    while (<$client>) { last if /^\r?$/ }
    my ($path) = $request =~ m{ (/\S*) };
    print $client "HTTP/1.1 200 OK\r\nContent-Length: " . length($path) . "\r\nConnection: close\r\n\r\n$path";
    close $client;
}
PERL
perl server.pl &
until curl -s http://127.0.0.1:8000/one; do sleep 0.1; done; echo
curl -s http://127.0.0.1:8000/two; echo
curl -s -o page -w '%{http_code} %{size_download}\n' http://127.0.0.1:8000/three
wait
sqlite3 t.db 'create table t(a); with recursive n(i) as (select 1 union all select i+1 from n where i<5000) insert into t select i from n; select count(*), sum(a) from t;'
for pack in z j J --zstd; do
    case $pack in --*) ;; *) pack=-$pack ;; esac
    tar -c $pack -f copy.tar copy && rm -rf unpacked && mkdir unpacked && tar -x -f copy.tar -C unpacked
    diff -r copy unpacked/copy && echo "tar $pack"
done
find copy -name 'file*' -print0 | sort -z | xargs -0 -n 1 wc -l
seq 100000 | sort -rn | awk '{ s += $1 } END { print s }'
echo 'scale=20; 4*a(1)' | bc -l
