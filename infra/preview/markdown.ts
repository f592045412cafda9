import type { Violation } from "../policy/rule.ts";
import { impactOf } from "./impact.ts";
import { counts, critical, describeCounts, type Preview, type PreviewItem } from "./preview.ts";
import { describeField, policyLines } from "./text.ts";

/** What a comment on GitHub may hold is 65,536 characters; the rest is for its frame. Bytes. */
const MOST_BYTES = 60_000;

/** Text of a pull request, as code: it can mention nobody, link nowhere and close no frame. */
function code(text: string): string {
  const plain = text.replaceAll(/[\r\n]+/g, " ");
  const longest = Math.max(0, ...[...plain.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return longest > 0 ? `${fence} ${plain} ${fence}` : `${fence}${plain}${fence}`;
}

function itemMarkdown(item: PreviewItem): string {
  return [
    `- **${item.change}** ${item.kind === "container" ? "" : `${item.kind} `}${code(item.name)}${item.note === undefined ? "" : `: ${item.note}`}`,
    ...item.fields.map((change) => `  - ${code(describeField(change))}`),
  ].join("\n");
}

/** Whole blocks while they fit; what does not is counted. */
function fitting(blocks: readonly string[], room: number): string {
  const kept: string[] = [];
  let size = 0;
  for (const [index, block] of blocks.entries()) {
    const bytes = Buffer.byteLength(block) + 1;
    if (size + bytes > room) return [...kept, `- ... and ${blocks.length - index} more; the run's artifact has them all`].join("\n");
    kept.push(block);
    size += bytes;
  }
  return kept.join("\n");
}

/** A preview as the comment of a pull request: counts first, then what touches data or interrupts requests, then everything, at most 60 kB. */
export function previewMarkdown(preview: Preview, violations: readonly Violation[]): string {
  const { items } = preview;
  const all = counts(items);
  const first = critical(items);
  const head = [
    `### Preview: ${describeCounts(items)}`,
    "",
    "| create | update | replace | delete | unchanged |",
    "|---|---|---|---|---|",
    `| ${all.create} | ${all.update} | ${all.replace} | ${all.delete} | ${preview.unchanged} |`,
    ...(first.length === 0 ? [] : ["", "**This touches data, or interrupts requests:**"]),
    ...first.map((item) => `- **${item.change}** ${item.kind === "container" ? "" : `${item.kind} `}${code(item.name)}: ${impactOf(item)}`),
    "",
    ...policyLines(violations).map((line, index) => (index === 0 ? line : `- ${code(line.trim())}`)),
  ];
  const summary = fitting(head, MOST_BYTES / 2);
  if (items.length === 0) return `${summary}\n`;
  const stacks = [...new Set(items.map((item) => item.stack))];
  const blocks = stacks.flatMap((stack) => [`\n**${stack}**\n`, ...items.filter((item) => item.stack === stack).map(itemMarkdown)]);
  const frame = "\n\n<details><summary>Everything, field by field</summary>\n\n";
  const end = "\n\n</details>\n";
  const room = MOST_BYTES - Buffer.byteLength(summary + frame + end) - 100;
  return `${summary}${frame}${fitting(blocks, room)}${end}`;
}
