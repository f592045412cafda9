import { setTimeout as sleep } from "node:timers/promises";

/** Looks again and again, with a pause in between, for as long as something else happens; ends with it, and fails with either. */
export async function meanwhile(everyMs: number, look: () => Promise<void>, during: () => Promise<void>): Promise<void> {
  let isOver = false;
  const looking = (async () => {
    for (; !isOver; await sleep(everyMs)) await look();
  })();
  try {
    await during();
  } finally {
    isOver = true;
    await looking;
  }
}
