#!/bin/bash
# image: debian
# Some stressors of stress-ng, which check what they get; so many operations, not so much time.
while read -r stressor operations; do
    stress-ng --quiet --verify --temp-path /tmp --timeout 300 \
        "--$stressor" 2 "--$stressor-ops" "$operations" --vm-bytes 16m --mmap-bytes 4m 2>&1 </dev/null &&
        echo "$stressor passed"
done <<STRESSORS
clone 50
dentry 200
fifo 2000
fork 100
futex 500
mmap 2
mq 1000
pipe 4000
pthread 300
sem-sysv 1000
shm 4
sigq 1000
sock 5
switch 2000
timerfd 200
vfork 200
vm 16
STRESSORS
