import type { PreviewItem } from "../preview/preview.ts";
import type { DriftItem, DriftMend, DriftProblem } from "./drift.ts";

const PROBLEMS: Readonly<Record<DriftProblem, string>> = {
  missing: "is gone",
  stopped: "is stopped",
  paused: "is paused",
  changed: "was changed",
  replaced: "was replaced by another one",
  foreign: "was added",
};

const MENDS: Readonly<Record<DriftMend, string>> = {
  create: "makes it",
  start: "starts it, as it is",
  unpause: "lets it go on",
  "in place": "puts it back, without a restart",
  replace: "removes it and makes it as it was",
  remove: "stops and removes it",
  refused: "refuses to touch it",
};

/** What `./astra up` will do about it, in words that follow "`./astra up`". */
export function describeMend({ mend, kind }: Pick<DriftItem, "mend" | "kind">): string {
  if (kind === "file") return "writes it again";
  if (kind === "secret files") return "puts them back, without a restart";
  if (kind === "object" && mend === "in place") return "sets it as it was";
  return MENDS[mend];
}

/** One thing in a line: `container astra-dev-redis-1 is gone`. */
export function describeItem({ kind, name, problem }: DriftItem): string {
  return kind === "secret files" ? `secret files of ${name} were changed` : `${kind} ${name} ${PROBLEMS[problem]}`;
}

function itemLines(item: DriftItem): readonly string[] {
  return [
    `  ! ${describeItem(item)}`,
    ...item.fields.map(({ field, expected, found }) => `      ${field}: expected ${expected ?? "(none)"}, found ${found ?? "(none)"}`),
    ...(item.note === undefined ? [] : [`      ${item.note}`]),
    `      ./astra up ${describeMend(item)}`,
  ];
}

/** Everything that has drifted, by stack. */
export function driftText(items: readonly DriftItem[]): string {
  const stacks = [...new Set(items.map((item) => item.stack))];
  const head = items.length === 0 ? "no drift." : `${items.length} ${items.length === 1 ? "thing is" : "things are"} not as deployed.`;
  return [head, ...stacks.flatMap((stack) => ["", `${stack}:`, ...items.filter((item) => item.stack === stack).flatMap(itemLines)])].join("\n");
}

const CHANGES = { missing: "create", stopped: "update", paused: "update", changed: "update", replaced: "replace", foreign: "delete" } as const;
const KINDS = { container: "container", image: "object", volume: "volume", network: "network", "secret files": "secret", file: "object", object: "object" } as const;

/** A mend as a line of a preview: from what was found to what was deployed. */
export function mendItem(item: DriftItem): PreviewItem {
  const change = item.kind === "file" ? "update" : CHANGES[item.problem];
  return {
    stack: item.stack,
    kind: KINDS[item.kind],
    name: item.name,
    workload: item.workload,
    change,
    // What is put back in place goes on; only a replaced container is away, and it is not what was deployed.
    keepsData: false,
    fields: item.fields.map(({ field, expected, found }) => ({ field, ...(found === undefined ? {} : { from: found }), ...(expected === undefined ? {} : { to: expected }) })),
    note: `changed by hand: up ${describeMend(item)}`,
  };
}
