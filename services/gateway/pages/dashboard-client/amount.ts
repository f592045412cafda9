const GROUP = /\B(?=(\d{3})+(?!\d))/g;
const BILLION = 1_000_000_000n;

/**
 * A decimal string for eyes, rounded half up: `1234567.891` -> `1,234,567.89`, money always with its cents, and from a
 * billion on short (`1.235 bn`). What is exact stands in the JSON. Text that is no decimal comes back as it is.
 */
export function displayAmount(value: string, unit: string): string {
  const parsed = /^(-?)(\d+)(?:\.(\d+))?$/.exec(value);
  if (parsed === null) return value;
  const [, minus = "", whole = "0", fraction = ""] = parsed;
  const cents = roundedTo(2, whole, fraction);
  const amount = cents >= BILLION * 100n ? `${fixed(roundedTo(3, whole.slice(0, -9), whole.slice(-9)), 3)} bn` : fixed(cents, 2);
  const shown = unit.startsWith("USD") || amount.endsWith(" bn") ? amount : amount.replace(/\.?0+$/, "");
  return cents === 0n ? shown : minus + shown;
}

/** Units as people write them: `USD/user` -> `USD per user`, and `users` of one is `user`. */
export function displayUnit(unit: string, value = ""): string {
  const words = unit.replace("/", " per ").replace(/ per min$/, " per minute");
  return value === "1" ? words.replace(/^(\w+)s\b/, "$1") : words;
}

/** Windows as people say them: `24h` -> `24 hours`, `5m` -> `5 minutes`. */
export function displayWindow(window: string): string {
  return window.replace(/^(\d+)h$/, "$1 hours").replace(/^(\d+)m$/, "$1 minutes");
}

/** The number in units of 10^-places. */
function roundedTo(places: number, whole: string, fraction: string): bigint {
  const kept = BigInt(whole + fraction.slice(0, places).padEnd(places, "0"));
  return Number(fraction[places] ?? "0") >= 5 ? kept + 1n : kept;
}

function fixed(amount: bigint, places: number): string {
  const digits = amount.toString().padStart(places + 1, "0");
  return `${digits.slice(0, -places).replace(GROUP, ",")}.${digits.slice(-places)}`;
}
