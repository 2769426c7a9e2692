#!/bin/bash
# image: debian
# A package made, installed and removed; a configure script of autoconf's; archives with find and
# xargs; a tracer works; 32-bit programs are refused in words.
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
mkdir -p package/DEBIAN package/usr/bin package/etc
printf '#!/bin/sh\ncat /etc/greeting.conf\n' >package/usr/bin/greeting
chmod 755 package/usr/bin/greeting
echo 'hello from a package' >package/etc/greeting.conf
echo /etc/greeting.conf >package/DEBIAN/conffiles
cat >package/DEBIAN/control <<'CONTROL'
Package: greeting
Version: 1.0
Architecture: all
Maintainer: Nobody <nobody@example.org>
Depends: bash (>= 4), libc6
Description: says hello
CONTROL
printf '#!/bin/sh\necho "configured: $1"\n' >package/DEBIAN/postinst
chmod 755 package/DEBIAN/postinst
dpkg-deb --root-owner-group -b package greeting_1.0.deb >/dev/null
dpkg -i greeting_1.0.deb 2>&1 | grep -E 'configured|Setting up'
greeting
sed -i 's/^Version: .*/Version: 1.1/' package/DEBIAN/control
dpkg-deb --root-owner-group -b package greeting_1.1.deb >/dev/null
apt-get -q -y install ./greeting_1.1.deb 2>&1 | grep -oE 'configured: .*[a-z]|.* upgraded.*'
dpkg-query -W greeting
dpkg -L greeting | sort | tail -n 1
apt-get -q -y remove greeting 2>&1 | grep -c 'Removing greeting'
[ -e /usr/bin/greeting ] || echo "it is gone, its configuration is kept: $(ls /etc/greeting.conf)"

mkdir -p /tmp/square && cd /tmp/square
cat >configure.ac <<'AC'
AC_INIT([square], [1.0])
AC_PROG_CC
AC_CHECK_FUNCS([epoll_create1 no_such_function])
AC_SEARCH_LIBS([sqrt], [m])
AC_CONFIG_FILES([Makefile])
AC_OUTPUT
AC
cat >Makefile.in <<'MAKE'
VPATH = @srcdir@
square: square.c
	@CC@ @CFLAGS@ @DEFS@ -o $@ $< @LIBS@
check: square
	test "$$(./square 12)" = 144 && echo checked
install: square
	mkdir -p @prefix@/bin
	cp square @prefix@/bin
MAKE
cat >square.c <<'C'
#include <stdio.h>
#include <stdlib.h>
#if !defined HAVE_EPOLL_CREATE1 || defined HAVE_NO_SUCH_FUNCTION
#error configure found the wrong things
#endif
int main(int count, char **arguments) { return printf("%d\n", count < 2 ? 0 : atoi(arguments[1]) * atoi(arguments[1])) < 0; }
C
autoconf && mkdir build && cd build
../configure -q --prefix=/usr/local && make -s && make -s check && make -s install && square 13

cd /usr/include
find . -name '*.h' -size -20k -print0 | sort -z | xargs -0 cat | sha256sum >/tmp/one
tar -c . | busybox tar -x -C "$(mktemp -d /tmp/copy.XXXX)"
cd /tmp/copy.*
busybox find . -name '*.h' -print0 | xargs -0 -n 50 -P 4 busybox grep -l EPOLLEXCLUSIVE | sort
find . -name '*.h' -size -20k -print0 | sort -z | xargs -0 busybox cat | cmp - <(cd /usr/include && find . -name '*.h' -size -20k -print0 | sort -z | xargs -0 cat) &&
    echo "copied by tar as it was"

strace -f -e trace=exit_group sh -c 'true & wait' 2>&1 | grep -o 'exited with 0' | sort -u
# The header of a program for the 80386.
printf '\177ELF\1\1\1\0\0\0\0\0\0\0\0\0\2\0\3\0\1\0\0\0\124\200\4\10\64\0\0\0\0\0\0\0\0\0\0\0\64\0\40\0\1\0\50\0\0\0\0\0' >/tmp/old
chmod 755 /tmp/old
bash -c /tmp/old 2>&1 | grep -o 'cannot execute binary file: Exec format error'
