/** Stands in for whoever is told of alerts; runs inside a container with Node alone. GET tells what was posted. */
import { createServer } from "node:http";

const posted: unknown[] = [];

createServer((request, response) => {
  if (request.method !== "POST") {
    response.end(JSON.stringify(posted));
    return;
  }
  let body = "";
  request.on("data", (chunk: Buffer) => (body += chunk.toString()));
  request.on("end", () => {
    posted.push(JSON.parse(body));
    response.end();
  });
}).listen(9000);

process.on("SIGTERM", () => process.exit(0));
