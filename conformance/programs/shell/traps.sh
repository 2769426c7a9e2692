#!/bin/sh
# shells: sh bash
exec 2> /dev/null # shells tell of killed jobs with their process numbers
trap 'echo caught USR1' USR1
kill -USR1 $$
echo after
trap '' USR2
kill -USR2 $$; echo 'USR2 ignored'
trap - USR2
(trap 'echo subshell exit' EXIT; echo in subshell)
(trap 'echo term; exit 7' TERM; kill -TERM $(exec sh -c 'echo $PPID'); echo never); echo "status $?"
sh -c 'kill -TERM $$'; echo "killed $?"
sh -c 'kill -KILL $$'; echo "killed $?"
sh -c 'exit 300'; echo "exit $?"
sleep 10 & sleeper=$!
kill $sleeper; wait $sleeper; echo "waited $?"
trap 'echo interrupted' INT
sh -c 'kill -INT $PPID'
echo continued
sleep 5 & sleeper=$!
(sleep 0.1; kill -USR1 $$) &
wait $sleeper; status=$?
test $status -gt 128 && echo 'wait ended by the trap'
kill $sleeper; wait
trap 'echo nested exit; (exit 3)' EXIT
sh -c 'trap "echo inner" EXIT; trap "exit 4" HUP; kill -HUP $$; sleep 1'; echo "inner status $?"
yes | head -n 1; echo 'pipe closed'
f() { trap 'echo from function' USR1; }; f; kill -USR1 $$
echo end
