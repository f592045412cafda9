import type { Decisive, SavedImage, SavedThings } from "./saved.ts";

/** Differences of one kind that are told one by one; of more, the number. */
const SHOWN = 12;

/** What differs between what was reviewed and what is now, of one kind. */
export interface ReviewDifference {
  /** `program`, `config`, `images`, `what shall be`, `the starting point` ... */
  readonly about: string;
  readonly lines: readonly string[];
}

type Texts = Readonly<Record<string, string>>;

/** By name: only in one of two records, or other in both. */
function textLines(before: Texts, after: Texts, say: (name: string, old: string | undefined, next: string | undefined) => string): readonly string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].sort().flatMap((name) => {
    const [old, next] = [before[name], after[name]];
    return old === next ? [] : [say(name, old, next)];
  });
}

function thingLines(before: SavedThings, after: SavedThings): readonly string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].sort().flatMap((name) => {
    const [old, next] = [before[name], after[name]];
    if (old === undefined) return [`${name}: not there when it was reviewed`];
    if (next === undefined) return [`${name}: gone since`];
    const fields = textLines(old.fields, next.fields, (field, from, to) => `${name}: ${field}: ${from ?? "(none)"} -> ${to ?? "(none)"}`);
    if (fields.length > 0) return fields;
    return old.hash === next.hash ? [] : [`${name}: differs in what is not shown`];
  });
}

/** An image that was to be built may be here by now: its tag says that it is built from the same. */
function imageText({ reference, id }: SavedImage, other: SavedImage | undefined): string {
  return other?.id === undefined || id === undefined ? reference : `${reference} (${id.slice(0, 19)})`;
}

function imageLines(before: Decisive["images"], after: Decisive["images"]): readonly string[] {
  const texts = (of: Decisive["images"], against: Decisive["images"]): Texts =>
    Object.fromEntries(Object.entries(of).map(([name, image]) => [name, imageText(image, against[name])]));
  return textLines(texts(before, after), texts(after, before), (name, from, to) => `${name}: ${from ?? "(none)"} -> ${to ?? "(none)"}`);
}

function programLines({ program: before }: Decisive, { program: after }: Decisive): readonly string[] {
  const files = textLines(before.sources, after.sources, (name, from, to) => `${name} ${from === undefined ? "is new" : to === undefined ? "is gone" : "has changed"}`);
  if (files.length === 0 || before.commit === after.commit) return files;
  return [`reviewed at commit ${before.commit ?? "(none)"}, here is ${after.commit ?? "(none)"}`, ...files];
}

/** Everything in which now differs from what was reviewed, by name; empty: it may be applied. */
export function reviewDifferences(reviewed: Decisive, now: Decisive): readonly ReviewDifference[] {
  const one = (about: string, from: string, to: string): ReviewDifference => ({ about, lines: from === to ? [] : [`${from} -> ${to}`] });
  return [
    one("environment", reviewed.environment, now.environment),
    one("engine", reviewed.engine, now.engine),
    { about: "program", lines: programLines(reviewed, now) },
    { about: "config", lines: textLines(reviewed.config, now.config, (name, from, to) => `${name}: ${from ?? "(none)"} -> ${to ?? "(none)"}`) },
    one("stacks to deploy", reviewed.stacks.join(", "), now.stacks.join(", ")),
    { about: "images", lines: imageLines(reviewed.images, now.images) },
    { about: "what shall be", lines: thingLines(reviewed.desired, now.desired) },
    { about: "the starting point", lines: thingLines(reviewed.machine, now.machine) },
  ].filter(({ lines }) => lines.length > 0);
}

/** The differences for a person. */
export function differenceText(differences: readonly ReviewDifference[]): string {
  return differences
    .flatMap(({ about, lines }) => [`${about}:`, ...lines.slice(0, SHOWN).map((line) => `  ${line}`), ...(lines.length > SHOWN ? [`  and ${lines.length - SHOWN} more`] : [])])
    .join("\n");
}
