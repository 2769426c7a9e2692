// The usual middle of an express app: JSON, parameters, static files, errors.
const express = require("express");
const path = require("node:path");

const app = express();
const notes = [];

app.use(express.json());
app.use("/static", express.static(path.join(__dirname, "static")));
app.get("/", (request, response) => response.type("text").send("hello from express\n"));
app.get("/square/:number", (request, response) => {
  const number = Number(request.params.number);
  response.json({ number, square: number * number });
});
app.post("/notes", (request, response) => {
  notes.push(request.body.text);
  response.status(201).json({ count: notes.length });
});
app.get("/notes", (request, response) => response.json(notes));
app.get("/broken", () => {
  throw new Error("on purpose");
});
app.use((error, request, response, next) => {
  response.status(500).json({ error: error.message });
});

app.listen(Number(process.env.PORT ?? 3000), (error) => {
  if (error) throw error;
});
