import type pg from "pg";

/** What is used of a pg client besides its types. */
interface Inner {
  readonly connection?: { readonly stream?: { cork(): void; uncork(): void } };
}

/**
 * Sends all statements that are asked for on this connection until the current work pauses in one piece: one system call,
 * and one awakening of the server's process.
 */
export function sendTogether(client: pg.ClientBase): void {
  const stream = (client as unknown as Inner).connection?.stream;
  if (stream === undefined) return;
  stream.cork();
  // After all microtasks: what follows from what has come in by now is asked for by then.
  process.nextTick(() => stream.uncork());
}
