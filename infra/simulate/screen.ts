import { ACTIONS } from "./choose.ts";
import { OUTCOMES, type Statistics, type Tally } from "./statistics.ts";

/** Time in a table: `4.1`, `38`, `1250`. */
function milliseconds(ms: number): string {
  return ms < 10 ? ms.toFixed(1) : ms.toFixed(0);
}

function codesOf({ codes }: Tally): string {
  return [...codes].sort(([, a], [, b]) => b - a).map(([code, count]) => `${code}: ${count}`).join(", ");
}

/** Where a run stands, in one line. */
export function progressLine(facts: {
  readonly elapsedMs: number;
  /** Requests answered since the last line, and how long ago that was. */
  readonly recent: Tally;
  readonly recentMs: number;
  readonly all: Tally;
  readonly registered: number;
  readonly people: number;
  readonly inFlight: number;
}): string {
  const { recent, recentMs, all, registered, people, inFlight } = facts;
  const rate = recentMs > 0 ? recent.total / (recentMs / 1000) : 0;
  const errors = codesOf(all);
  const quantile = (share: number): string => milliseconds(recent.times.quantileMs(share));
  return [
    `${(facts.elapsedMs / 1000).toFixed(0)} s`,
    `${rate.toFixed(0)} requests/s`,
    `p50 ${quantile(0.5)} p95 ${quantile(0.95)} p99 ${quantile(0.99)} ms`,
    `users ${registered}/${people}`,
    `under way ${inFlight}`,
    `failed ${all.counts.failed}`,
    ...(errors === "" ? [] : [errors]),
  ].join("  ");
}

const COLUMNS = ["action", "count", ...OUTCOMES, "p50 ms", "p95 ms", "p99 ms", "not ok"] as const;

function rowOf(name: string, tally: Tally): readonly string[] {
  const quantile = (share: number): string => milliseconds(tally.times.quantileMs(share));
  return [name, String(tally.total), ...OUTCOMES.map((outcome) => String(tally.counts[outcome])), quantile(0.5), quantile(0.95), quantile(0.99), codesOf(tally)];
}

/** One row for each action that was done, and one for all. */
export function summaryTable(statistics: Statistics): readonly string[] {
  const done = ACTIONS.flatMap(({ name }) => {
    const tally = statistics.byAction.get(name);
    return tally === undefined ? [] : [rowOf(name, tally)];
  });
  const rows = [COLUMNS, ...done, rowOf("all", statistics.all)];
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 || column === COLUMNS.length - 1 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}

/** What limits had to do with it, and the setting that raises them; nothing where none was met. */
export function limitHint(facts: {
  readonly limited: number;
  readonly heldBack: number;
  readonly perUser: number;
  readonly perService: number;
  readonly rate: number;
  /** ` --environment NAME`, or nothing for the default one. */
  readonly suffix: string;
}): readonly string[] {
  const { limited, heldBack, perUser, perService, rate, suffix } = facts;
  if (limited === 0 && heldBack === 0) return [];
  // All of the load on one service and, for a while, on one person: enough for every mix.
  const enough = (limit: number): number => Math.max(limit, Math.ceil((rate * 60) / 1000) * 1000);
  return [
    `${limited} requests were limited, and ${heldBack} were not sent since those whose turn it was had been told to wait.`,
    `Limits here: ${perUser} requests a minute of one user, ${perService} to one service (astratrade:limits); registrations and`,
    "log-ins also wait for password hashing, two at a time. For a load test, raise the limits in the other colour and move there:",
    `  ./astra up${suffix} --config limits.perUser=${enough(perUser)} --config limits.perService=${enough(perService)}`,
    `  ./astra rollout green${suffix}     (or blue: the one that up has just deployed)`,
  ];
}
