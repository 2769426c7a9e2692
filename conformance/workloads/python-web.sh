#!/bin/bash
# image: python-web
# numpy against sums known beforehand; pip from a local folder; gunicorn with four workers, one of
# them killed.
cat >check.py <<'PYTHON'
import numpy
n = numpy.arange(1, 1001, dtype=numpy.float64)
print("sum", n.sum(), "squares", int((n * n).sum()))
m = numpy.array([[2.0, 1.0], [1.0, 3.0]])
print("solve", numpy.linalg.solve(m, [3.0, 5.0]), "determinant", round(numpy.linalg.det(m), 9))
a = numpy.random.default_rng(20261121).random((300, 300))
print("inverse", numpy.allclose(a @ numpy.linalg.inv(a), numpy.eye(300)))
print("fft", numpy.allclose(numpy.fft.ifft(numpy.fft.fft(n)).real, n))
shared = numpy.memmap("shared", dtype=numpy.int64, mode="w+", shape=100_000)
shared[:] = numpy.arange(100_000)
shared.flush()
print("file", numpy.fromfile("shared", dtype=numpy.int64).sum())
PYTHON
python3 check.py
mkdir -p source/greeting wheels
echo 'def greet(name): return f"hello {name}"' >source/greeting/__init__.py
cat >source/setup.py <<'PYTHON'
from setuptools import setup
setup(name="greeting", version="1.2", packages=["greeting"], entry_points={"console_scripts": ["greet-all = greeting:main"]})
PYTHON
printf 'def main():\n    import sys\n    print(*map(greet, sys.argv[1:]))\n' >>source/greeting/__init__.py
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
(cd source && python3 setup.py -q bdist_wheel -d ../wheels 2>/dev/null)
ls wheels
pip install -q --break-system-packages --no-index --find-links wheels greeting
greet-all you me
python3 -c "import greeting; print(greeting.__file__)"
cat >app.py <<'PYTHON'
import os
def application(environ, start_response):
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"%d %s\n" % (os.getpid(), body.upper() or environ["PATH_INFO"].encode())]
PYTHON
gunicorn -w 4 -b 127.0.0.1:8000 --pid gunicorn.pid app 2>log &
cat >load.py <<'PYTHON'
import concurrent.futures, os, signal, time, urllib.error, urllib.request
def ask(path, body=None):
    answer = urllib.request.urlopen(f"http://127.0.0.1:8000/{path}", body, timeout=60).read()
    return answer.split()
while True:
    try:
        worker = int(ask("first")[0])
        break
    except urllib.error.URLError:
        time.sleep(0.05)
def all_answer():
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, map(str, range(200))))
    return [path for _, path in answers] == [b"/%d" % n for n in range(200)]
print("pages", all_answer())
print("body", ask("", b"some text " * 1000)[1:3])
os.kill(worker, signal.SIGKILL)
def children():
    master = open("gunicorn.pid").read().strip()
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if open(f"/proc/{pid}/stat").read().rsplit(")")[1].split()[1] == master:
                found.append(int(pid))
        except OSError:
            pass  # It has ended since.
    return found
while worker in children() or len(children()) < 4:
    time.sleep(0.05)
print("after one was killed", all_answer(), len(children()))
PYTHON
python3 load.py
kill "$(cat gunicorn.pid)"
wait $! && echo stopped
