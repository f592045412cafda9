/** Paths that lead to four services, so that no service's limit of 1000 a minute is reached. */
const PATHS = ["trading/prices", "social/feed", "gamification/leaderboard", "nft/marketplace"];
const CLIENTS = 2;
const PAUSE_MS = 50;

/** Sends requests through the edge for as long as something else happens, and keeps count of what went wrong. */
export async function withSteadyRequests(edge: string, during: () => Promise<void>): Promise<{ sent: number; failed: string[] }> {
  let over = false;
  let sent = 0;
  const failed: string[] = [];
  const client = async (): Promise<void> => {
    while (!over) {
      const path = `/api/v1/${PATHS[sent % PATHS.length] ?? ""}`;
      sent += 1;
      try {
        const response = await fetch(edge + path, { signal: AbortSignal.timeout(10_000) });
        const text = await response.text();
        if (response.status !== 200) failed.push(`${path}: status ${response.status} ${text.slice(0, 300)}`);
      } catch (error) {
        const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : "";
        failed.push(`${path}: ${String(error)} ${cause}`);
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  };
  const clients = Array.from({ length: CLIENTS }, client);
  try {
    await during();
  } finally {
    over = true;
    await Promise.all(clients);
  }
  return { sent, failed };
}
