import { createServer, type Server } from "node:net";

/** What HAProxy's agent check is told. */
export interface AgentFacts {
  readonly ready: boolean;
  readonly draining: boolean;
  /** This instance's part of its colour's effective weight, [0, 100]. */
  readonly weight: number;
}

/** One line of HAProxy's agent protocol. `drain` while unready or leaving: no new connection, the open ones stay. */
export function agentAnswer(facts: AgentFacts): string {
  if (facts.draining || !facts.ready) return "drain\n";
  return `up ready ${Math.round(facts.weight)}%\n`;
}

/** Longer than the edge's time between two questions (300 ms), by what a busy machine may add. */
const LINGER_MS = 1_000;

/**
 * Lets a weight that falls to 0 linger for a moment. The edge asks every instance by itself: without this there would be a
 * moment in which the colour that goes says 0 and the one that comes has not been asked yet, and nobody gets requests.
 * @param weight The weight as it is, [0, 100].
 * @param now Milliseconds of any clock that does not go back.
 */
export function lingering(weight: () => number, now: () => number = () => performance.now()): () => number {
  let last = 0;
  let fellAtMs: number | undefined;
  return () => {
    const current = weight();
    if (current > 0 || last === 0) {
      last = current;
      fellAtMs = undefined;
      return current;
    }
    fellAtMs ??= now();
    if (now() - fellAtMs < LINGER_MS) return last;
    last = 0;
    return 0;
  };
}

/**
 * Answers HAProxy's agent check on a TCP port: one line for each connection.
 * Port: [0, 65535]; 0 takes any free one.
 */
export async function startAgentCheck(host: string, port: number, facts: () => AgentFacts): Promise<Server> {
  const weight = lingering(() => facts().weight);
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.setTimeout(2000, () => socket.destroy());
    socket.end(agentAnswer({ ...facts(), weight: weight() }));
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
