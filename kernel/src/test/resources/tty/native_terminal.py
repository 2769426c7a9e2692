"""Plays terminal scenarios on the host's own pseudo-terminal and prints what comes out.

One scenario per line of standard input:  c_iflag c_oflag c_lflag vmin step...  with the steps
t<hex> (typed on the master), p<hex> (printed by the program), r<count> (the program reads),
q (FIONREAD), s (the screen is read), m<iflag>,<oflag>,<lflag> (settings change).
One line of answers per scenario.
"""

import errno
import fcntl
import os
import select
import struct
import sys
import termios
import time


# The host's kernel delivers typed bytes in the background. poll(2) hurries it only where nothing is
# readable yet; otherwise all that helps is to wait a little.
patience = float(sys.argv[1])


def settle(master, slave):
    poller = select.poll()
    poller.register(master, select.POLLIN)
    poller.register(slave, select.POLLIN)
    for _ in range(3):
        poller.poll(0)
    time.sleep(patience)


def read(fd, count):
    try:
        return os.read(fd, count).hex() or "eof"
    except OSError as e:
        return errno.errorcode[e.errno]


def read_all(fd):
    seen = ""
    while True:
        try:
            seen += os.read(fd, 65536).hex()
        except BlockingIOError:
            return seen or "EAGAIN"
        settle(fd, fd)


def settings(slave, iflag, oflag, lflag, vmin):
    t = termios.tcgetattr(slave)
    t[0], t[1], t[3] = iflag, oflag, lflag
    t[6][termios.VMIN] = vmin
    termios.tcsetattr(slave, termios.TCSANOW, t)


def play(line):
    words = line.split()
    iflag, oflag, lflag, vmin = map(int, words[:4])
    master, slave = os.openpty()
    os.set_blocking(master, False)
    os.set_blocking(slave, False)
    settings(slave, iflag, oflag, lflag, vmin)
    answers = []
    for step in words[4:]:
        kind, rest = step[0], step[1:]
        if kind == "t":
            os.write(master, bytes.fromhex(rest))
        elif kind == "p":
            try:
                answers.append(str(os.write(slave, bytes.fromhex(rest))))
            except OSError as e:
                answers.append(errno.errorcode[e.errno])
        elif kind == "r":
            answers.append(read(slave, int(rest)))
        elif kind == "q":
            answers.append(str(struct.unpack("i", fcntl.ioctl(slave, termios.FIONREAD, b"\0" * 4))[0]))
        elif kind == "s":
            answers.append(read_all(master))
        elif kind == "m":
            settings(slave, *map(int, rest.split(",")), vmin)
        settle(master, slave)
    os.close(slave)
    os.close(master)
    return " ".join(answers)


for line in sys.stdin:
    print(play(line), flush=True)
