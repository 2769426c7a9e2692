#!/bin/bash
# image: node-web
# An express server with its middleware; npm ci from npm's cache; Vite's build of a React app.
cd /srv/express
cat >/tmp/ask.mjs <<'JS'
const base = "http://127.0.0.1:3000";
for (;;) {
  try {
    await fetch(base);
    break;
  } catch {}
}
const show = async (path, options) => {
  const answer = await fetch(base + path, options);
  console.log(answer.status, answer.headers.get("content-type"), (await answer.text()).trim());
};
await show("/");
await show("/square/12");
const note = (text) => ({ method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ text }) });
await show("/notes", note("first"));
await show("/notes", note("second"));
await show("/notes", { ...note(""), body: "{" });
await show("/notes");
await show("/broken");
await show("/static/style.css");
const many = await Promise.all(Array.from({ length: 400 }, (_, n) => fetch(`${base}/square/${n}`).then((answer) => answer.json())));
console.log("squares", many.reduce((sum, { square }) => sum + square, 0));
JS
NODE_ENV=production node server.js &
server=$!
node /tmp/ask.mjs
kill $server
wait $server
echo "server ended: $?"
cd /srv/react
npm ci --offline --silent --no-audit --no-fund && npm run --silent build -- --logLevel error &&
    diff -r dist ../react-native && echo "built as natively"
