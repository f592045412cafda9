/** Sends requests one after the other for as long as something else happens, and keeps count. */
export async function withSteadyRequests(url: string, during: () => Promise<void>): Promise<{ sent: number; failed: string[] }> {
  let over = false;
  let sent = 0;
  const failed: string[] = [];
  const client = async (): Promise<void> => {
    while (!over) {
      sent += 1;
      try {
        const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
        await response.text();
        if (response.status !== 200) failed.push(`status ${response.status}`);
      } catch (error) {
        failed.push(error instanceof Error ? `${error.message} ${error.cause instanceof Error ? error.cause.message : ""}` : String(error));
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const clients = [client(), client()];
  try {
    await during();
  } finally {
    over = true;
    await Promise.all(clients);
  }
  return { sent, failed };
}
