#!/bin/sh
# image: tools
# port: 8000
# get: /abc
# first: 3 so far
# second: 6 so far
# ends: 7
exec perl -e '
use IO::Socket::INET;
my $server = IO::Socket::INET->new(LocalPort => 8000, Listen => 5, ReuseAddr => 1) or die;
my $asked = 0;
$SIG{TERM} = sub { exit 7 };
while (my $client = $server->accept) {
    my ($path) = <$client> =~ m{ /(\S*) };
    while (<$client>) { last if /^\r?$/ }
    $asked += length $path;
    print $client "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n$asked so far";
}
'
