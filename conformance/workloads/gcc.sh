#!/bin/bash
# image: gcc
# A project of fifty files by make -j4, C++ with exceptions, cmake.
set -e
mkdir project && cd project
for i in $(seq 1 50); do echo "int f$i(int x) { return x + $i; }" >"f$i.c"; done
{
    echo '#include <stdio.h>'
    for i in $(seq 1 50); do echo "int f$i(int);"; done
    echo 'int main(void) { int sum = 0;'
    for i in $(seq 1 50); do echo "sum += f$i(0);"; done
    echo 'printf("%d\n", sum); return 0; }'
} >main.c
cat >Makefile <<'MAKE'
OBJECTS := $(patsubst %.c,%.o,$(wildcard *.c))
app: $(OBJECTS)
	gcc -o $@ $^
test: app
	test "$$(./app)" = 1275 && echo passed
MAKE
make -s -j4 app && make -s test
cat >vector.cpp <<'CPP'
#include <iostream>
#include <stdexcept>
#include <thread>
#include <vector>
int main() {
    std::vector<int> v(3, 14);
    std::thread thread([&] { v.push_back(1); });
    thread.join();
    try {
        v.at(9);
    } catch (const std::out_of_range &) {
        std::cout << "caught " << v.size() << std::endl;
    }
}
CPP
g++ -O2 -g -o vector vector.cpp -pthread && ./vector
mkdir /tmp/c && cd /tmp/c
printf 'cmake_minimum_required(VERSION 3.25)\nproject(hello C)\nadd_executable(hello hello.c)\n' >CMakeLists.txt
printf '#include <stdio.h>\nint main(void) { puts("by cmake"); return 0; }\n' >hello.c
cmake -B build >/dev/null && cmake --build build >/dev/null && build/hello
