#!/bin/bash
# image: python-web
# port: 8000
# get: /abc
# first: 3 so far, sum 5050
# second: 6 so far, sum 5050
# ends: 0
# Three workers, forked ahead of requests, that count in memory they share.
cat >app.py <<'PYTHON'
import multiprocessing, numpy
asked = multiprocessing.Value("q")
numbers = numpy.arange(101)
def application(environ, start_response):
    with asked.get_lock():
        asked.value += len(environ["PATH_INFO"]) - 1
        body = b"%d so far, sum %d" % (asked.value, numbers.sum())
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [body]
PYTHON
exec gunicorn --preload -w 3 -b 0.0.0.0:8000 app
