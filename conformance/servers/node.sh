#!/bin/sh
# image: node
# port: 8000
# get: /abc
# first: 3 so far, 9 by a child
# second: 6 so far, 36 by a child
# ends: 0
# A worker thread counts, a child process squares, and the answer waits for a timer from before.
exec node -e '
const { Worker } = require("worker_threads");
const worker = new Worker(`
  const { parentPort } = require("worker_threads");
  let asked = 0;
  parentPort.on("message", (more) => parentPort.postMessage((asked += more)));
`, { eval: true });
const child = require("child_process").spawn("sh", ["-c", "while read n; do echo $((n * n)); done"]);
const timer = new Promise((done) => setInterval(done, 500));
const next = (source) => new Promise((done) => source.once(source === worker ? "message" : "data", done));
const server = require("http").createServer(async (request, response) => {
  worker.postMessage(request.url.length - 1);
  const asked = await next(worker);
  child.stdin.write(`${asked}\n`);
  const square = String(await next(child.stdout)).trim();
  await timer;
  response.end(`${asked} so far, ${square} by a child`);
}).listen(8000);
process.on("SIGTERM", () => process.exit(0));
'
