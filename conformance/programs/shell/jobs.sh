#!/bin/bash
# shells: bash
exec 2> /dev/null # shells tell of killed jobs with their process numbers
sleep 0.2 & first=$!
(exit 5) & second=$!
wait $second; echo "second $?"
wait $first; echo "first $?"
for i in 3 1 2; do (sleep 0.$((i * 3)); echo "job $i") & done; wait
echo background | cat &
wait
# A shell of its own, so that the numbers of jobs are known.
bash <<'END'
set -m
sleep 30 &
jobs | sed 's/  */ /g'
kill -STOP %1; sleep 0.1; jobs | sed 's/  */ /g'
bg %1 > /dev/null; jobs | sed 's/  */ /g'
kill %1; wait %1 2> /dev/null; echo "terminated $?"
(exit 9) & wait %%; echo "status $?"
sleep 30 & group=$!
kill -TERM -- -$group; wait $group 2> /dev/null; echo "group $?"
(sleep 0.1; exit 6) &
fg %+ > /dev/null; echo "foreground $?"
END
sleep 30 & pid=$!
disown $pid; kill $pid; echo disowned
coproc { read -r line; echo "coprocess got $line"; }
echo hello >&"${COPROC[1]}"; read -r answer <&"${COPROC[0]}"; echo "$answer"; wait
( (sleep 0.6; exit 1) & (sleep 0.05; exit 2) & wait -n; echo "earliest $?"; wait )
timeout 1 sleep 10 || echo 'timed out'
