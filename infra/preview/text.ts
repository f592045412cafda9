import { describeViolation } from "../policy/check.ts";
import type { Violation } from "../policy/rule.ts";
import type { FieldChange } from "./field-changes.ts";
import { impactOf } from "./impact.ts";
import { critical, describeCounts, type Preview, type PreviewItem } from "./preview.ts";

/** `memory: 512 MiB -> 768 MiB`. */
export function describeField({ field, from, to }: FieldChange): string {
  if (from === undefined && to === undefined) return field;
  return `${field}: ${from ?? "(none)"} -> ${to ?? "(none)"}`;
}

const MARKS = { create: "+", update: "~", replace: "±", delete: "-" } as const;

function itemLines(item: PreviewItem): readonly string[] {
  return [
    `  ${MARKS[item.change]} ${item.change.padEnd(7)}  ${item.kind === "container" ? "" : `${item.kind} `}${item.name}`,
    ...item.fields.map((change) => `               ${describeField(change)}`),
    ...(item.note === undefined ? [] : [`               ${item.note}`]),
  ];
}

/** One line for each rule that does not hold, or one that all do. */
export function policyLines(violations: readonly Violation[]): readonly string[] {
  if (violations.length === 0) return ["Policy: every rule holds."];
  const denied = violations.filter((violation) => violation.severity === "deny").length;
  return [
    `Policy: ${denied === 0 ? "nothing is refused" : `${denied} refused`}, ${violations.length - denied} to be warned of.`,
    ...violations.map((violation) => `  ${violation.severity === "deny" ? "REFUSED" : "warning"}  ${describeViolation(violation)}`),
  ];
}

/** A preview for the terminal: the sum, what touches data or interrupts requests, then everything by stack. */
export function previewText(preview: Preview): string {
  const { items } = preview;
  const first = critical(items);
  const stacks = [...new Set(items.map((item) => item.stack))];
  return [
    `${describeCounts(items)}; ${preview.unchanged} unchanged.`,
    ...(first.length === 0 ? [] : ["", "This touches data, or interrupts requests:"]),
    ...first.map((item) => `  ! ${item.change} ${item.kind === "container" ? "" : `${item.kind} `}${item.name}: ${impactOf(item)}`),
    ...stacks.flatMap((stack) => ["", `${stack}:`, ...items.filter((item) => item.stack === stack).flatMap(itemLines)]),
  ].join("\n");
}
