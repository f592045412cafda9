import { createHash } from "node:crypto";
import type { EngineName, StackKey } from "../engine/engine.ts";
import { readObject, writeWhole } from "../host/files.ts";
import { UserError } from "../host/user-error.ts";
import type { ContainerForm } from "../platform/container-form.ts";
import { isSecretName, secretKind } from "../policy/secret-looking.ts";
import { fieldsOf } from "./field-changes.ts";
import type { PreviewItem } from "./preview.ts";

/** One thing in a state that is written down to be compared with another: by `hash`, and told by `fields`. */
export interface SavedThing {
  /** Says that it differs, also where no field may or can say it. */
  readonly hash: string;
  /** In words; what looks like a secret is left out. */
  readonly fields: Readonly<Record<string, string>>;
}

export type SavedThings = Readonly<Record<string, SavedThing>>;

/** An image: its tag is a hash of what it is built from, its id one of what it holds. */
export interface SavedImage {
  readonly reference: string;
  /** Absent: it has to be built first. */
  readonly id?: string;
}

/** Everything that decides what `./astra up` does: what the program wants, and from where it starts. No secret is in it. */
export interface Decisive {
  readonly environment: string;
  readonly engine: EngineName;
  readonly program: {
    /** Absent outside of git. */
    readonly commit?: string;
    /** Hashes of the files that the platform and its deployment are made of, by path. */
    readonly sources: Readonly<Record<string, string>>;
  };
  /** Settings of the stacks, as `foundation portOffset`. */
  readonly config: Readonly<Record<string, string>>;
  /** Stacks that are deployed, in this order. */
  readonly stacks: readonly StackKey[];
  readonly images: Readonly<Record<string, SavedImage>>;
  /** Containers or objects as they shall be. */
  readonly desired: SavedThings;
  /** Everything of the environment as it is. */
  readonly machine: SavedThings;
}

/** A preview that can be reviewed, and then applied as it was reviewed. */
export interface SavedPreview extends Decisive {
  readonly kind: typeof KIND;
  readonly format: typeof FORMAT;
  /** ISO 8601. */
  readonly savedAt: string;
  readonly savedBy: string;
  /** What would be done: for people, and not compared. */
  readonly items: readonly PreviewItem[];
  /** SHA-256 of all the rest: a file that was edited is not what was reviewed. */
  readonly checksum: string;
}

const KIND = "astratrade.preview";
const FORMAT = 1;

/** Part of an address behind its host that is long enough to be a key, as in a web hook's. */
const LONG_PART = /^([a-z][a-z0-9+.-]*:\/\/[^/\s?#]+)[/?#]\S*[A-Za-z0-9_-]{16,}\S*$/i;

/** A value as it may lie in a file that people pass around. What is left out is still compared, by the hash of its container. */
export function keptValue(name: string, value: string): string {
  if (secretKind(value) !== undefined || isSecretName(name, value)) return "(looks like a secret, not kept)";
  const origin = LONG_PART.exec(value)?.[1];
  return origin === undefined ? value : `${origin}/... (not kept whole)`;
}

/** A container's fields as they may be kept. */
export function keptFields(form: ContainerForm): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(fieldsOf(form)).map(([field, value]) => [field, keptValue(field.replace(/^environment /, ""), value)]));
}

/** Settings of a stack, one value a name: `blue limits.perUser`. */
export function flatSettings(stack: string, value: unknown, path = ""): Readonly<Record<string, string>> {
  if (value === undefined) return {};
  if (typeof value === "object" && value !== null)
    return Object.assign({}, ...Object.entries(value).map(([key, inner]) => flatSettings(stack, inner, path === "" ? key : `${path}.${key}`))) as Record<string, string>;
  return { [`${stack} ${path}`]: keptValue(path, String(value)) };
}

export function hashOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);
}

/** A container as it is: by its id, its state and every field, in whatever order the engine tells mounts and ports. */
export function savedContainer(
  { id, state, spec }: { readonly id: string; readonly state: string; readonly spec: string },
  real: { readonly imageId: string; readonly form: ContainerForm } | undefined,
): SavedThing {
  const all = real === undefined ? [] : Object.entries(fieldsOf(real.form)).sort(([a], [b]) => (a < b ? -1 : 1));
  const fields = { id: id.slice(0, 12), "image id": real?.imageId.slice(0, 19) ?? "", state, ...(real === undefined ? {} : keptFields(real.form)) };
  return { hash: hashOf([id, spec, all]), fields };
}

/** Makes the document of a preview. */
export function savedPreview(decisive: Decisive, about: Pick<SavedPreview, "savedAt" | "savedBy" | "items">): SavedPreview {
  const rest = { kind: KIND, format: FORMAT, ...about, ...decisive } as const;
  return { ...rest, checksum: hashOf(rest) };
}

export async function writeSavedPreview(file: string, preview: SavedPreview): Promise<void> {
  await writeWhole(file, `${JSON.stringify(preview, null, 1)}\n`);
}

/** @throws UserError when there is no such file, or it is none of ours, or was changed after it was saved. */
export async function readSavedPreview(file: string): Promise<SavedPreview> {
  const value = (await readObject(file)) as Partial<SavedPreview> | undefined;
  if (value === undefined) throw new UserError(`There is no file ${file}. Make one: ./astra preview --save ${file}`);
  if (value.kind !== KIND) throw new UserError(`${file} is no saved preview. Make one: ./astra preview --save FILE`);
  if (value.format !== FORMAT) throw new UserError(`${file} was saved by another version of ./astra (format ${String(value.format)}, this one reads ${FORMAT}). Save the preview again.`);
  const { checksum, ...rest } = value;
  if (checksum !== hashOf(rest)) throw new UserError(`${file} was changed after it was saved, so it is not what was reviewed. Save the preview again.`);
  return value as SavedPreview;
}
