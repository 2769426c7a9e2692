#!/bin/sh
# image: tools
# Servers, threads, processes, TLS, asyncio and SQLite of the standard library.
cd /tmp
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 \
    -subj /CN=localhost -addext subjectAltName=DNS:localhost 2>/dev/null
cat >check.py <<'PYTHON'
import asyncio, concurrent.futures, http.server, multiprocessing, os, sqlite3, ssl, subprocess
import resource, threading, urllib.request

class Hello(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")
    def log_message(self, *arguments):
        pass

def serve(tls):
    server = http.server.ThreadingHTTPServer(("localhost", 0), Hello)
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain("cert.pem", "key.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]

def fetch(url, context=None):
    return urllib.request.urlopen(url, context=context, timeout=30).read()

def square(number):
    return number * number

async def talk():
    # Each connection has two ends here.
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
    async def echo(reader, writer):
        writer.write(await reader.readline())
        await writer.drain()
        writer.close()
    server = await asyncio.start_server(echo, "127.0.0.1", 0, backlog=1000)
    port = server.sockets[0].getsockname()[1]
    async def ask(number):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        connected.append(number)
        if len(connected) == 1000:
            all_connected.set()
        await all_connected.wait()
        writer.write(b"%d\n" % number)
        line = await reader.readline()
        writer.close()
        return int(line)
    connected, all_connected = [], asyncio.Event()
    answers = await asyncio.gather(*(ask(number) for number in range(1000)))
    print("asyncio", sum(answers))

if __name__ == "__main__":
    plain, tls = serve(False), serve(True)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        pages = list(pool.map(fetch, [f"http://localhost:{plain}/"] * 50))
    print("http", len(pages), set(pages))
    trusted = ssl.create_default_context(cafile="cert.pem")
    print("https", fetch(f"https://localhost:{tls}/", trusted))
    asyncio.run(talk())
    with multiprocessing.get_context("fork").Pool(4) as pool:
        print("fork pool", sum(pool.map(square, range(100))))
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        print("spawn pool", sum(pool.map(square, range(100))))
    print("subprocess", subprocess.run(["sh", "-c", "cat; exit 3"], input=b"in", capture_output=True))
    connection = sqlite3.connect("data.db")
    connection.execute("pragma journal_mode=wal")
    with connection:
        connection.execute("create table numbers (n integer)")
        connection.executemany("insert into numbers values (?)", ((n,) for n in range(1000)))
    print("sqlite", connection.execute("select sum(n) from numbers").fetchone())
PYTHON
python3 check.py
