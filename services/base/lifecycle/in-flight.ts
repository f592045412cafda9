import type { FastifyInstance } from "fastify";

const LOOK_EVERY_MS = 100;

type Closable = Pick<FastifyInstance, "close" | "server">;

/** Closes the listener and resolves when the last request has been answered; idle connections end at once. */
export async function closeWhenIdle(app: Closable): Promise<void> {
  const timer = setInterval(() => app.server.closeIdleConnections(), LOOK_EVERY_MS);
  try {
    await app.close();
  } finally {
    clearInterval(timer);
  }
}
