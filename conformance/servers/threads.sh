#!/bin/sh
# image: python
# port: 8000
# request: 5\n
# first: 5 so far
# second: 10 so far
exec python3 -c '
import socketserver
class Count(socketserver.StreamRequestHandler):
    asked = 0
    def handle(self):
        Count.asked += int(self.rfile.readline())
        self.wfile.write(b"%d so far" % Count.asked)
class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
Server(("", 8000), Count).serve_forever()
'
