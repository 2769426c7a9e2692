#!/bin/sh
# shells: sh bash
factorial() {
    if [ "$1" -le 1 ]; then echo 1; else echo $(($1 * $(factorial $(($1 - 1))))); fi
}
factorial 10
fibonacci() {
    local n=$1
    if [ "$n" -lt 2 ]; then result=$n; return; fi
    fibonacci $((n - 1)); local first=$result
    fibonacci $((n - 2)); result=$((first + result))
}
fibonacci 12; echo $result
options() {
    OPTIND=1
    while getopts 'ab:c' option; do
        case $option in
        a) echo 'option a' ;;
        b) echo "option b with $OPTARG" ;;
        c) echo 'option c' ;;
        *) echo 'unknown' ;;
        esac
    done
    shift $((OPTIND - 1))
    echo "rest: $*"
}
options -a -b value -c file1 file2
options -cb joined -- -not-an-option
returns() { return "$1"; }
returns 0 && echo zero; returns 5 || echo "five $?"
outer() { inner() { echo "defined inside $1"; }; inner x; }; outer; inner y
scope=global; change() { local scope=local; echo $scope; }; change; echo $scope
i=0; while :; do i=$((i + 1)); [ $i -eq 3 ] && continue; [ $i -gt 5 ] && break; echo "turn $i"; done
for a in 1 2 3; do for b in 1 2 3; do [ $b = 2 ] && continue 2; echo $a$b; done; done
until [ $i -eq 0 ]; do i=$((i - 1)); done; echo "until $i"
eval 'x=5; echo evaluated $x'; var=x; eval "echo \$$var"
set -- a b c; count() { echo $#; }; count "$@"; count "$*"; count
deep() { if [ "$1" -gt 0 ]; then deep $(($1 - 1)); else echo bottom; fi; }; deep 200
command -v echo > /dev/null && type deep > /dev/null && echo found
(set -e; false; echo not reached); echo "errexit $?"
(set -u; echo "$undefined_variable") 2>/dev/null; [ $? -ne 0 ] && echo nounset
