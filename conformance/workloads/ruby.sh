#!/bin/sh
# image: ruby
cat >server.rb <<'RUBY'
require "webrick"
require "net/http"
server = WEBrick::HTTPServer.new(BindAddress: "127.0.0.1", Port: 0, AccessLog: [], Logger: WEBrick::Log.new(File::NULL))
server.mount_proc("/") { |request, response| response.body = request.path }
Thread.new { server.start }
port = server.listeners[0].addr[1]
pages = (1..20).map { |n| Thread.new { Net::HTTP.get(URI("http://127.0.0.1:#{port}/#{n}")) } }.map(&:value)
puts pages.join(" ")
puts `echo from a child`
puts Process.wait2(fork { exit 7 })[1].exitstatus
server.shutdown
RUBY
ruby server.rb
