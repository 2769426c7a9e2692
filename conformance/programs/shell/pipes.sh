#!/bin/sh
# shells: sh bash
seq 1 1000 | grep 7 | sort -rn | head -n 3
echo "$(echo a b c | tr ' ' '\n' | wc -l)"
yes | head -n 2
false | true; echo "status $?"
{ echo one; echo two >&2; } 2>&1 | cat
(exit 3); echo "subshell $?"
cat /dev/null | wc -c
seq 1 20000 | tail -n 1
echo tee | tee one | cat - one
! true; echo "negated $?"
