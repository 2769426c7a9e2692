#!/bin/sh
# shells: sh bash
seq 1 100 | awk '{ sum += $1 } END { print sum }'
printf 'b 2\na 1\nc 3\na 0\n' > data
sort data; sort -k2n data; sort -r data | uniq | wc -l; cut -d' ' -f1 data | sort | uniq -c | sed 's/^ *//'
sed -n '2p;$p' data; sed 's/a/A/g; /b/d' data; sed '1!G;h;$!d' data
awk '$2 > 1 { print $1 "=" $2 } { n[$1]++ } END { for (k in n) if (n[k] > 1) print k, n[k] }' data
awk 'BEGIN { printf "%05.2f %s %d\n", 3.14159, substr("abcdef", 2, 3), length("hello") }'
tr 'a-c' 'x-z' < data | tail -n 2
paste -d, data data | head -n 1; grep -c a data; grep -n '^a' data; grep -v a data; grep -E 'b|c' data
echo 'a b c' | xargs -n 1 echo item; seq 1 5 | xargs; printf 'x\0y z\0' | xargs -0 -n 1 echo
echo 'one,two,three' | cut -d, -f2; echo abcdef | cut -c2-4; echo hello | rev; echo abc | od -An -c
expr 3 + 4; expr abc : 'a\(.\)'; echo '6 * 7' | bc
date -u -d @86400 +%F; basename /a/b/c.txt .txt; dirname /a/b/c.txt
seq 10 -3 1 | tr '\n' ' '; echo; seq -s, 1 5
yes line | head -n 50000 | sort | uniq -c | sed 's/^ *//'
od -An -tx1 -N4 /dev/zero; head -c 3 data | wc -c; tail -c 4 data
printf 'z\ny\nx\n' | tee copy | sort > sorted; cat copy sorted
fold -w 3 <<END
abcdefgh
END
nl data | sed 's/^ *//' | head -n 1; tac data | head -n 1; shuf data | wc -l; wc data | awk '{ print $1, $2, $3 }'
rm data copy sorted
