#!/bin/sh
# image: go
# port: 8000
# get: /abc
# first: 3 so far on 2
# second: 6 so far on 2
# ends: 0
# Each answer waits for the next tick of a clock that has run since before.
export HOME=/tmp GO111MODULE=off GOFLAGS=-p=2 GOMAXPROCS=2
cat >/tmp/main.go <<'GO'
package main

import (
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"
)

func main() {
	var asked int64
	clock := time.NewTicker(500 * time.Millisecond)
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	go http.ListenAndServe(":8000", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		<-clock.C
		fmt.Fprintf(w, "%d so far on %d", atomic.AddInt64(&asked, int64(len(r.URL.Path)-1)), runtime.GOMAXPROCS(0))
	}))
	<-stop
}
GO
go build -o /tmp/main /tmp/main.go && exec /tmp/main
