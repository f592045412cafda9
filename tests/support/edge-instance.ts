/**
 * Stands in for an instance of a service behind the edge; runs inside a container with Node alone. It answers every
 * request with its name and the headers that reached it, and says to the agent check what it was last told to say.
 */
import { createServer } from "node:http";
import { createServer as createTcpServer } from "node:net";

const name = process.env["NAME"] ?? "";
/** Answer to the agent check; `silent` accepts and says nothing, `closed`: neither listens, as a process that is starting. */
let agent = process.env["AGENT"] ?? "silent";
let requests = 0;

const service = createServer((request, response) => {
  requests += 1;
  response.setHeader("content-type", "application/json");
  const answer = (): void => {
    response.end(JSON.stringify({ name, headers: request.headers }));
  };
  if (request.url === "/slow") setTimeout(answer, 2000);
  else answer();
});
if (agent !== "closed") service.listen(8000);

const agentServer = createTcpServer((socket) => {
  socket.on("error", () => undefined);
  if (agent !== "silent") socket.end(`${agent}\n`);
});
if (agent !== "closed") agentServer.listen(8099);

// Control: PUT sets the agent's answer, GET tells how many requests came.
createServer((request, response) => {
  if (request.method !== "PUT") {
    response.end(String(requests));
    return;
  }
  let body = "";
  request.on("data", (chunk: Buffer) => (body += chunk.toString()));
  request.on("end", () => {
    agent = body;
    if (!agentServer.listening) agentServer.listen(8099);
    if (!service.listening) service.listen(8000);
    response.end();
  });
}).listen(9000);

process.on("SIGTERM", () => process.exit(0));
