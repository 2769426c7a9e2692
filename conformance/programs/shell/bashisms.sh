#!/bin/bash
# shells: bash
diff <(seq 1 3) <(seq 1 3) && echo 'process substitution'
cat <(echo first) <(echo second); echo tee | tee >(tr a-z A-Z > upper) > /dev/null; sleep 0.1; cat upper; rm upper
array=(one two 'three four'); array+=(five); echo "${#array[@]} ${array[2]} ${array[@]:1:2}"
for element in "${array[@]}"; do echo "<$element>"; done
declare -A map=([key]=value [other]=thing); for k in key other; do echo "$k=${map[$k]}"; done
[[ abc =~ ^a(.)c$ ]] && echo "match ${BASH_REMATCH[1]}"; [[ file.txt == *.txt && ! -e none ]] && echo pattern
set -o pipefail; false | true; echo "pipefail $?"; set +o pipefail; true | false | true; echo "${PIPESTATUS[@]}"
text=Hello; echo "${text^^} ${text,,} ${text:1:3} ${text/l/L} ${text//l/L} ${text: -2}"
for ((i = 0; i < 3; i++)); do printf '%d ' $i; done; echo; (( i == 3 )) && echo arithmetic
cat <<< "here string $((1 + 1))"
read -r a b <<< 'x y z'; echo "$b"; mapfile -t lines < <(printf '1\n2\n'); echo "${#lines[@]}"
echo {a,b}{1..3} {01..03}; printf -v formatted '%03d' 7; echo "$formatted"
trap 'echo "error on status $?"' ERR; false; trap - ERR
exec {fd}> named; echo through >&$fd; exec {fd}>&-; cat named; rm named
read -r -t 0.1 line < <(sleep 1); echo "timeout $(($? > 128))"
echo "$BASH_SUBSHELL $(echo $BASH_SUBSHELL)"; f() { echo "${FUNCNAME[0]} $LINENO"; }; f
shopt -s nullglob; echo none*; shopt -u nullglob; type -t echo; printf '%q\n' "a b'c"
select_me=3; case $select_me in 1) echo no ;; 3) echo falls ;;& *) echo through ;; esac
while read -r -n 1 character; do printf '[%s]' "$character"; done <<< abc; echo
time_output=$( { time true; } 2>&1 | grep -c real ); echo "$time_output"
ulimit -n 100; ulimit -n; (ulimit -t 1; ulimit -t); kill -l 15; echo $((16#ff)) $((2**10))
