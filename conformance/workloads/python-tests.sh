#!/bin/sh
# image: python-tests
# Those of CPython's own tests that ask most of the system and nothing of the time.
tests="test_select test_mmap test_wait3 test_wait4 test_fork1 test_glob test_posixpath test_pty
    test_openpty test_fileio test_file test_thread test_threadsignals test_filecmp test_popen
    test_pipes test_bufio test_pwd test_grp test_uuid"
if python3 -m test $tests >log 2>&1; then
    echo "$(echo $tests | wc -w) passed"
else
    cat log
fi
