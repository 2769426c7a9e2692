#!/bin/sh
# image: ruby
# port: 8000
# get: /abc
# first: 3 so far
# second: 6 so far
# ends: 0
exec ruby -e '
require "webrick"
asked = 0
server = WEBrick::HTTPServer.new(Port: 8000)
server.mount_proc("/") { |request, response| response.body = "#{asked += request.path.length - 1} so far" }
trap("TERM") { server.shutdown }
server.start
'
