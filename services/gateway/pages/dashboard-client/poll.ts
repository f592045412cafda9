/** What one request brought. */
export type Outcome =
  | { readonly kind: "answer"; readonly body: unknown }
  /** The gateway answered, but with an error: what it says, and when to ask again. */
  | { readonly kind: "refused"; readonly detail: string; readonly retryAfterMs: number }
  | { readonly kind: "unreachable" };

const DEADLINE_MS = 4_000;

/** Asks for JSON once. Never throws. */
export async function askJson(path: string): Promise<Outcome> {
  try {
    const response = await fetch(path, { headers: { accept: "application/json" }, cache: "no-store", signal: AbortSignal.timeout(DEADLINE_MS) });
    const body: unknown = await response.json();
    if (response.ok) return { kind: "answer", body };
    const retryAfterMs = Number(response.headers.get("retry-after") ?? "0") * 1000;
    return { kind: "refused", detail: detailOf(body, response.status), retryAfterMs: Number.isFinite(retryAfterMs) ? retryAfterMs : 0 };
  } catch {
    return { kind: "unreachable" };
  }
}

function detailOf(body: unknown, status: number): string {
  const { code, title } = (typeof body === "object" && body !== null ? body : {}) as { code?: unknown; title?: unknown };
  // The gateway has never had any figures.
  if (code === "service-unavailable") return "The financial service cannot be reached";
  return typeof title === "string" ? `The gateway refuses: ${title}` : `The gateway answers ${status}`;
}

/**
 * Runs `task` again and again, `everyMs` after the end of the last run, or later where the run says so. It stands still
 * while the page is hidden and runs at once when it is seen again.
 */
export function whileVisible(task: () => Promise<number>, everyMs: number): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isRunning = false;
  const run = async (): Promise<void> => {
    clearTimeout(timer);
    if (isRunning || document.hidden) return;
    isRunning = true;
    const pauseMs = await task().catch(() => 0);
    isRunning = false;
    timer = setTimeout(() => void run(), Math.max(everyMs, pauseMs));
  };
  document.addEventListener("visibilitychange", () => void run());
  window.addEventListener("online", () => void run());
  void run();
}
