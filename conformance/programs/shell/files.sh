#!/bin/sh
# shells: sh bash
umask 022
mkdir -p tree/a/b/c tree/d; cd tree || exit 1
echo hello > a/file; echo world > a/b/file; ln a/file hard; ln -s a/file soft; ln -s nowhere dangling
ls -1R | cat
find . -type f | sort; find . -type l | sort; find . -name 'file' -exec cat {} \; | sort; find d -type d -exec echo found {} \;
stat -c '%n %F %a %h %s' a/file hard soft; stat -c '%n %F %a %h' d
chmod 640 a/file; stat -c %a hard; chmod u+x,o-rwx a/file; stat -c %A a/file
[ -f a/file ] && [ -d d ] && [ -L soft ] && [ ! -e dangling ] && [ -x a/file ] && [ a/file -ef hard ] && echo tests
cp -r a copy; diff -r a copy && echo same; echo changed > copy/file; diff -r a copy; echo "diff $?"
mv copy moved; [ -d moved ] && [ ! -d copy ] && echo moved
readlink soft; realpath soft | sed 's|.*/tree/||'
touch -d '2020-01-02 03:04:05' old; [ a/file -nt old ] && echo newer; stat -c %Y old > /dev/null && date -u -r old +%Y
du -s d > /dev/null && echo du
tar cf ../archive.tar . && mkdir ../unpacked && tar xf ../archive.tar -C ../unpacked && (cd ../unpacked && find . | sort | wc -l)
tar czf ../archive.tgz a && tar tzf ../archive.tgz | sort
seq 1 1000 > numbers; gzip -k numbers; gunzip -c numbers.gz | cmp - numbers && echo compressed
md5sum numbers; sha256sum a/b/file
dd if=/dev/zero of=sparse bs=1 count=1 seek=99999 2>/dev/null; stat -c %s sparse
head -n 300 numbers > part.a; tail -n +301 numbers > part.b; ls part.* | wc -l; cat part.* | cmp - numbers && echo joined
rmdir d && rm hard soft dangling && rm -r a moved && ls | tr '\n' ' '; echo
cd ..; rm -r tree unpacked archive.tar archive.tgz; ls | wc -l
pwd -P > /dev/null; cd /; pwd; cd /proc/self && pwd; cd /bin && cd ../tmp && pwd
