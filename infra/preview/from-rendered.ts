import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import { fromComposeFile } from "../compose/from-file.ts";
import type { ContainerForm } from "../platform/container-form.ts";
import { PORTS } from "../platform/ports.ts";
import type { PlatformForm } from "../policy/rule.ts";
import { UserError } from "../host/user-error.ts";
import { compareForms } from "./from-forms.ts";
import { differences, lastingName, objectItem, type KubernetesObject } from "./object-changes.ts";
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

function objectsIn(text: string | undefined): ReadonlyMap<string, KubernetesObject> {
  const objects = text === undefined ? [] : parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject | null);
  return new Map(objects.flatMap((object) => (object === null ? [] : [[lastingName(object), object] as const])));
}

/** Kubernetes applies objects; what it then restarts, its controllers decide. A job is never changed, only replaced. */
function compareObjects(file: string, before: string | undefined, after: string | undefined): Preview {
  const [old, next] = [objectsIn(before), objectsIn(after)];
  const items = [...new Set([...old.keys(), ...next.keys()])].flatMap((name): PreviewItem[] => {
    const [was, is] = [old.get(name), next.get(name)];
    const object = is ?? was;
    const fields = differences(was, is);
    if (object === undefined || fields.length === 0) return [];
    const change = was === undefined ? "create" : is === undefined ? "delete" : object.kind === "Job" ? "replace" : "update";
    return [objectItem(`${stackOf(file)} on Kubernetes`, object, change, fields)];
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
