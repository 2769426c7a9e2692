#!/bin/bash
# image: debian
# Some stressors of stress-ng, which check what they get; so many operations, not so much time.
while read -r stressor operations; do
    stress-ng --quiet --verify --temp-path /tmp --timeout 300 \
        "--$stressor" 2 "--$stressor-ops" "$operations" --vm-bytes 16m --mmap-bytes 4m 2>&1 </dev/null &&
        echo "$stressor passed"
done <<STRESSORS
clone 20
dentry 100
fifo 500
fork 40
futex 200
kcmp 20
mmap 2
mq 300
pipe 1000
pthread 30
ptrace 200
sem-sysv 100
shm 2
sigq 300
sock 2
switch 500
timerfd 60
vfork 60
vm 16
vm-segv 6
STRESSORS
