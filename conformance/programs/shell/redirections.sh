#!/bin/sh
# shells: sh bash
echo one > file; echo two >> file; cat < file
{ echo out; echo err >&2; } > both 2>&1; cat both
{ echo out; echo err >&2; } 2> err > out; cat err out
exec 3> third; echo through >&3; exec 3>&-; cat third
exec 4< file; read -r line <&4; echo "$line"; read -r line <&4; echo "$line"; read -r line <&4; echo "end $?"; exec 4<&-
exec 5<> rw; echo 'read and write' >&5; cat rw; exec 5>&-
echo swap 3>&1 1>&2 2>&3 3>&- 2>/dev/null
(echo to stderr >&2) 2>/dev/null
set -C; echo x > new; (echo y > new) 2>/dev/null; echo "noclobber $?"; echo z >| new; cat new; set +C
cat none 2>/dev/null; echo "missing $?"
: > empty; test -s empty; echo "size $?"
echo a | { read -r value; echo "got $value"; }
cat file - <<END
from here
END
for i in 1 2 3; do echo "$i"; done > loop; cat loop
while read -r i; do echo "line $i"; done < loop
echo closed >&- 2>/dev/null; echo "closed $?"
cat /dev/fd/0 < file
(echo device > /dev/stdout) | cat
echo error > /dev/full 2>/dev/null; echo "full $?"
mkfifo pipe; (cat pipe) & echo 'by fifo' > pipe; wait
rm -f file both err out third rw new empty loop pipe
