import { createServer, type Server } from "node:net";

/** What HAProxy's agent check is told. */
export interface AgentFacts {
  readonly ready: boolean;
  readonly draining: boolean;
  /** Effective weight of this process' colour, [0, 100]. */
  readonly weight: number;
}

/** One line of HAProxy's agent protocol. `drain` while unready or leaving: no new connection, the open ones stay. */
export function agentAnswer(facts: AgentFacts): string {
  if (facts.draining || !facts.ready) return "drain\n";
  return `up ready ${Math.round(facts.weight)}%\n`;
}

/**
 * Answers HAProxy's agent check on a TCP port: one line for each connection.
 * Port: [0, 65535]; 0 takes any free one.
 */
export async function startAgentCheck(host: string, port: number, facts: () => AgentFacts): Promise<Server> {
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.setTimeout(2000, () => socket.destroy());
    socket.end(agentAnswer(facts()));
    socket.resume();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.removeListener("error", reject);
      resolve();
    });
  });
  return server;
}
