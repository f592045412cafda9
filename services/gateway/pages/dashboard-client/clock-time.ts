const MINUTES = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const SECONDS = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const DAYS = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

const DAY_MS = 86_400_000;

/** `14:05`, in the reader's time zone. */
export function clockTime(atMs: number): string {
  return MINUTES.format(atMs);
}

/** `14:05:31`, or with its date where that was a day or more before `nowMs`. */
export function momentText(atMs: number, nowMs: number): string {
  return (nowMs - atMs < DAY_MS ? SECONDS : DAYS).format(atMs);
}
