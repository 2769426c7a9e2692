#!/bin/bash
# image: node
# A server with a thousand connections kept alive, worker threads, children, files.
cat >check.js <<'JS'
const http = require("http"), { Worker } = require("worker_threads"), child = require("child_process");
const fs = require("fs/promises"), zlib = require("zlib"), crypto = require("crypto");
const server = http.createServer((request, response) => response.end("hello"));
const get = (agent, port) => new Promise((resolve, reject) =>
  http.get({ port, agent }, (response) => { let body = ""; response.on("data", (d) => (body += d)); response.on("end", () => resolve(body)); }).on("error", reject));
// A loaded machine may take longer than a connection is kept by default.
server.keepAliveTimeout = 600000;
server.listen(0, async () => {
  const port = server.address().port;
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1000 });
  for (let round = 0; round < 2; round++) {
    const pages = await Promise.all(Array.from({ length: 1000 }, () => get(agent, port)));
    console.log("pages", pages.filter((page) => page === "hello").length);
  }
  agent.destroy();
  const answers = await Promise.all([1, 2, 3].map((n) => new Promise((resolve) => {
    new Worker("const w = require('worker_threads'); w.parentPort.postMessage(w.workerData * 14)", { eval: true, workerData: n }).on("message", resolve);
  })));
  console.log("workers", answers.join(" "));
  console.log("child", child.execFileSync("sh", ["-c", "echo $((6 * 7))"]).toString().trim());
  await fs.writeFile("file", zlib.gzipSync(Buffer.alloc(1 << 20, "x")));
  const unpacked = zlib.gunzipSync(await fs.readFile("file"));
  console.log("sha256", crypto.createHash("sha256").update(unpacked).digest("hex").slice(0, 16));
  server.close();
});
JS
node check.js
mkdir -p package && echo '{"name":"local","version":"1.2.3","main":"index.js"}' >package/package.json
echo 'module.exports = 42' >package/index.js
echo '{"name":"app","version":"1.0.0"}' >package.json
npm install --silent --no-audit --no-fund --offline ./package && node -p 'require("local")'
