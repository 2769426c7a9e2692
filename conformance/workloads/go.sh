#!/bin/sh
# image: go
# Compiles and runs a server and its clients, beside loops that must be interrupted.
export HOME=/tmp GO111MODULE=off GOFLAGS=-p=2
cat >main.go <<'GO'
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"sync"
)

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.URL.Path) }))
	// Loops that only a signal gets off the two processors.
	runtime.GOMAXPROCS(2)
	for i := 0; i < 2; i++ {
		go func() {
			for {
			}
		}()
	}
	var group sync.WaitGroup
	var lock sync.Mutex
	bytes := 0
	for i := 0; i < 200; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			response, err := http.Get("http://" + listener.Addr().String() + "/path")
			if err != nil {
				panic(err)
			}
			body, _ := io.ReadAll(response.Body)
			response.Body.Close()
			lock.Lock()
			bytes += len(body)
			lock.Unlock()
		}()
	}
	group.Wait()
	fmt.Println(bytes)
}
GO
go build -o main main.go && ./main
