#!/bin/sh
# shells: sh bash
name=World
cat <<END
Hello $name
$(echo command) $((6 * 7))
END
cat <<'END'
literal $name $(no command)
END
cat <<-END
	indented
		more
	END
cat <<A; cat <<B
first
A
second
B
while read -r left right; do echo "$right-$left"; done <<END
a b
c d e
END
tr a-z A-Z <<END | rev
reverse me
END
function_with_document() { cat <<END
inside $1
END
}
function_with_document argument
lines=$(cat <<END
captured 'text'
"with" quotes
END
)
echo "$lines"
head -c 70000 /dev/zero | tr '\0' x > big
{ printf 'cat <<END | wc -c\n'; cat big; printf '\nEND\n'; } > script
sh script
rm big script
