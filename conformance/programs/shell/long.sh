#!/bin/sh
# shells: sh bash
# A program of some length: a little stock list with reports, built from the usual parts.
set -u
work=stock.$$
mkdir "$work" && cd "$work" || exit 1
log=events.log
: > "$log"

say() {
    printf '%s\n' "$*"
}

note() {
    printf '%s %s\n' "$1" "$2" >> "$log"
}

fail() {
    say "failed: $*"
    note fail "$*"
    return 1
}

# --- the data -----------------------------------------------------------------

cat > items.txt <<END
# name:kind:amount:price
apple:fruit:10:30
pear:fruit:0:45
nail:hardware:5000:1
hammer:hardware:3:1200
milk:dairy:12:99
cheese:dairy:4:450
plum:fruit:77:12
saw:hardware:1:1999
END

each_item() {
    # Calls "$1 name kind amount price" for every item.
    callback=$1
    while IFS=: read -r name kind amount price; do
        case $name in
        \#* | '') continue ;;
        esac
        "$callback" "$name" "$kind" "$amount" "$price"
    done < items.txt
}

# --- reports ------------------------------------------------------------------

print_item() {
    printf '%-8s %-10s %6d %8d\n' "$1" "$2" "$3" "$4"
}

total=0
add_value() {
    total=$((total + $3 * $4))
}

missing=
collect_missing() {
    if [ "$3" -eq 0 ]; then
        missing="$missing $1"
    fi
}

report_list() {
    say "--- items"
    each_item print_item
}

report_value() {
    total=0
    each_item add_value
    say "--- value: $((total / 100)).$(printf %02d $((total % 100)))"
}

report_missing() {
    missing=
    each_item collect_missing
    say "--- missing:${missing:- none}"
}

report_kinds() {
    say "--- kinds"
    grep -v '^#' items.txt | cut -d: -f2 | sort | uniq -c |
        while read -r count kind; do
            say "$kind has $count"
        done
}

report_dearest() {
    say "--- dearest"
    grep -v '^#' items.txt | sort -t: -k4,4nr | head -n 3 |
        awk -F: '{ printf "%d. %s (%d)\n", NR, $1, $4 }'
}

# --- changes ------------------------------------------------------------------

amount_of() {
    sed -n "s/^$1:[^:]*:\([0-9]*\):.*/\1/p" items.txt
}

set_amount() {
    sed "s/^\($1:[^:]*\):[0-9]*:/\1:$2:/" items.txt > items.new && mv items.new items.txt
}

sell() {
    have=$(amount_of "$1")
    if [ -z "$have" ]; then
        fail "no item $1"
        return
    fi
    if [ "$have" -lt "$2" ]; then
        fail "only $have of $1"
        return
    fi
    set_amount "$1" $((have - $2))
    note sell "$1 $2"
}

buy() {
    have=$(amount_of "$1")
    if [ -z "$have" ]; then
        printf '%s:%s:%d:%d\n' "$1" "${3:-other}" "$2" "${4:-0}" >> items.txt
        note new "$1"
    else
        set_amount "$1" $((have + $2))
        note buy "$1 $2"
    fi
}

remove() {
    grep -v "^$1:" items.txt > items.new
    mv items.new items.txt
    note remove "$1"
}

# --- a run --------------------------------------------------------------------

report_list
report_value
report_missing

sell apple 4 && say "sold apples"
sell apple 40 || say "not so many"
sell unicorn 1 || say "none at all"
buy pear 25
buy lemon 8 fruit 20
remove saw

report_list
report_value
report_missing
report_kinds
report_dearest

# --- many changes, some at the same time --------------------------------------

i=0
while [ $i -lt 20 ]; do
    i=$((i + 1))
    case $((i % 4)) in
    0) sell nail 10 > /dev/null ;;
    1) buy plum 1 > /dev/null ;;
    2) sell milk 1 > /dev/null ;;
    *) : ;;
    esac
done
say "nails: $(amount_of nail), plums: $(amount_of plum), milk: $(amount_of milk)"

for worker in 1 2 3; do
    (
        j=0
        while [ $j -lt 30 ]; do
            j=$((j + 1))
            echo "worker $worker step $j" >> parallel.log
        done
    ) &
done
wait
say "parallel lines: $(wc -l < parallel.log)"
for worker in 1 2 3; do
    say "worker $worker: $(grep -c "worker $worker " parallel.log)"
done

# --- a backup and its check ---------------------------------------------------

tar cf backup.tar items.txt "$log"
before=$(md5sum < items.txt)
rm items.txt
tar xf backup.tar items.txt
after=$(md5sum < items.txt)
if [ "$before" = "$after" ]; then
    say "backup restored"
else
    say "backup differs"
fi

say "--- log"
awk '{ count[$1]++ } END { for (kind in count) print kind, count[kind] }' "$log" | sort
tail -n 2 "$log"

cd .. && rm -r "$work"
say "done"
