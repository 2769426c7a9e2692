#!/bin/sh
# shells: sh bash
name=value empty= path=/usr/local/lib/file.tar.gz
echo "${name} ${none:-default} ${empty:-e} ${empty-kept} ${none:+set} ${name:+set}"
echo "${path##*/} ${path%%.*} ${path#/usr} ${path%.gz} ${#path}"
: "${assigned:=later}"; echo "$assigned"
(echo "${missing:?is not set}") 2>/dev/null || echo "refused"
echo $((2 + 3 * 4)) $((7 / 2)) $((7 % 3)) $((1 << 10)) $((5 > 3 && 2 < 1)) $(( (1 + 2) * 3 ))
i=5; echo $((i += 2)) $i
words="one  two	three"
for word in $words; do echo "<$word>"; done
for word in "$words"; do echo "<$word>"; done
IFS=:; for part in a:b::c; do echo "[$part]"; done; list=a:b::c; for part in $list; do echo "[$part]"; done; unset IFS
mkdir globs; cd globs || exit 1
touch a1 a2 b1 .hidden 'with space'
echo *; echo a*; echo [ab]1; echo ?1; echo .h*; echo none*; echo "*"
for file in *; do echo "($file)"; done
cd ..; rm -r globs
set -- first second 'third one'
echo $# "$1" "$3"; shift; echo "$@"
for argument in "$@"; do echo "-$argument-"; done
echo 'single $name' "double $name" back\$slash \"quoted\"
case abc in a*) echo star ;; *) echo other ;; esac
case x in [a-c]) echo range ;; x|y) echo alternatives ;; esac
echo ~root $(echo nested $(echo deeper)) `echo old style`
printf '%s|%5d|%-5s|%x|%o|%c\n' text 42 left 255 8 z
printf '%s\n' one two three
