import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { parse, parseAllDocuments } from "yaml";
import { fromComposeFile } from "../compose/from-file.ts";
import type { ContainerForm } from "../platform/container-form.ts";
import { PORTS } from "../platform/ports.ts";
import type { PlatformForm } from "../policy/rule.ts";
import { UserError } from "../host/user-error.ts";
import type { FieldChange } from "./field-changes.ts";
import { compareForms } from "./from-forms.ts";
import { joined, type Preview, type PreviewItem } from "./preview.ts";

/** YAML files of a folder, by name. */
export type Rendered = ReadonlyMap<string, string>;

/**
 * Reads what `./astra render` wrote.
 * @throws UserError when the folder cannot be read or holds nothing.
 */
export async function readRendered(folder: string): Promise<Rendered> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new UserError(`${folder} cannot be read. Write it first: ./astra render --out ${folder}`, { cause });
  });
  const files = names.filter((name) => name.endsWith(".yaml")).sort();
  if (files.length === 0) throw new UserError(`${folder} holds no rendered file. Write it first: ./astra render --out ${folder}`);
  return new Map(await Promise.all(files.map(async (name) => [name, await readFile(join(folder, name), "utf8")] as const)));
}

/** Containers of a rendered compose file. */
function containersIn(text: string | undefined): readonly ContainerForm[] {
  return text === undefined ? [] : fromComposeFile(parse(text) as Parameters<typeof fromComposeFile>[0]);
}

/** `compose.blue.yaml` as `blue`. */
function stackOf(file: string): string {
  return file.replace(/^[a-z]+\.|\.yaml$/g, "");
}

/** Containers of every stack in a folder. */
function containersByStack(rendered: Rendered): ReadonlyMap<string, readonly ContainerForm[]> {
  return new Map([...rendered].flatMap(([name, text]) => (name.startsWith("compose.") ? [[stackOf(name), containersIn(text)] as const] : [])));
}

/** A folder's containers as the rules see them. How much memory there is where they will run, nobody knows here. */
export function renderedPlatform(rendered: Rendered): PlatformForm {
  const stacks = containersByStack(rendered);
  const foundation = stacks.get("foundation") ?? [];
  // Files carry the offset in their ports only.
  const entry = foundation.flatMap((form) => form.ports).find((port) => port.container === PORTS.edge);
  return {
    foundation,
    colours: [...stacks].flatMap(([stack, forms]) => (stack === "foundation" ? [] : [forms])),
    portOffset: entry === undefined ? 0 : entry.host - entry.container,
  };
}

interface KubernetesObject {
  readonly kind?: string;
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
}

function objectsIn(text: string | undefined): ReadonlyMap<string, KubernetesObject> {
  const objects = text === undefined ? [] : parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject | null);
  return new Map(objects.flatMap((object) => (object === null ? [] : [[`${object.kind ?? "?"} ${object.metadata?.name ?? "?"}`, object] as const])));
}

function shown(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 197)}...` : text;
}

/** Paths of an object at which two of them differ. */
function differences(before: unknown, after: unknown, path: string): readonly FieldChange[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (typeof before === "object" && typeof after === "object" && before !== null && after !== null) {
    const [old, next] = [before as Record<string, unknown>, after as Record<string, unknown>];
    return [...new Set([...Object.keys(old), ...Object.keys(next)])].flatMap((key) => differences(old[key], next[key], path === "" ? key : `${path}.${key}`));
  }
  return [{ field: path, ...(before === undefined ? {} : { from: shown(before) }), ...(after === undefined ? {} : { to: shown(after) }) }];
}

/** Kubernetes applies objects; what it then restarts, its controllers decide. */
function compareObjects(file: string, before: string | undefined, after: string | undefined): Preview {
  const [old, next] = [objectsIn(before), objectsIn(after)];
  const items = [...new Set([...old.keys(), ...next.keys()])].flatMap((name): PreviewItem[] => {
    const fields = differences(old.get(name), next.get(name), "");
    if (fields.length === 0) return [];
    const change = !old.has(name) ? "create" : next.has(name) ? "update" : "delete";
    const isVolume = name.startsWith("StatefulSet ") || name.startsWith("PersistentVolumeClaim ");
    return [
      { stack: `${stackOf(file)} on Kubernetes`, kind: "object", name, workload: "", change, keepsData: isVolume, fields: change === "update" ? fields : [] },
    ];
  });
  return { items, unchanged: next.size - items.filter((item) => item.change !== "delete").length };
}

/** What leads from one rendered checkout to another: containers field by field, and Kubernetes objects path by path. */
export function compareRendered(base: Rendered, head: Rendered): Preview {
  const [before, after] = [containersByStack(base), containersByStack(head)];
  const stacks = [...new Set([...before.keys(), ...after.keys()])];
  const objects = [...new Set([...base.keys(), ...head.keys()])].filter((name) => name.startsWith("kubernetes."));
  return joined([
    ...stacks.map((stack) => compareForms(stack, before.get(stack) ?? [], after.get(stack) ?? [])),
    ...objects.map((file) => compareObjects(file, base.get(file), head.get(file))),
  ]);
}
