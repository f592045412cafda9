import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { UserError } from "../host/user-error.ts";

/** What a kubeconfig says of one cluster and of who asks it. */
export interface ClusterAccess {
  readonly context: string;
  readonly server: string;
  /** Certificates in PEM. */
  readonly authority?: string;
  readonly certificate?: string;
  readonly key?: string;
}

type Entry = Readonly<Record<string, unknown>>;

const GET_ONE = "Point KUBECONFIG at one, or put it there: your cluster's tool writes it (kind, k3d, minikube, your cloud's command line)";

/** Files that clients look into, first to last. */
export function kubeconfigFiles(environment: NodeJS.ProcessEnv = process.env): readonly string[] {
  const files = (environment["KUBECONFIG"] ?? "").split(delimiter).filter((file) => file !== "");
  return files.length > 0 ? files : [join(environment["HOME"] ?? homedir(), ".kube", "config")];
}

function entry(value: unknown): Entry {
  return typeof value === "object" && value !== null ? (value as Entry) : {};
}

/** `{name, cluster: {...}}` of a list, by name. */
function named(list: unknown, name: unknown, key: string): Entry | undefined {
  const found = (Array.isArray(list) ? list : []).map(entry).find((item) => item["name"] === name);
  return found === undefined ? undefined : entry(found[key]);
}

/** PEM from the `-data` field, which is base64, or from the file that the other names. */
function pem(source: Entry, field: string, folder: string): string | undefined {
  const data = source[`${field}-data`];
  if (typeof data === "string") return Buffer.from(data, "base64").toString("utf8");
  const file = source[field];
  if (typeof file !== "string") return undefined;
  try {
    return readFileSync(resolve(folder, file), "utf8");
  } catch {
    throw new UserError(`The kubeconfig names ${field} ${resolve(folder, file)}, which cannot be read.`);
  }
}

interface KubeconfigFile {
  readonly file: string;
  readonly content: Entry;
}

function readFiles(files: readonly string[]): readonly KubeconfigFile[] {
  return files.flatMap((file) => {
    let text: string;
    try {
      text = readFileSync(file, "utf8");
    } catch {
      return [];
    }
    try {
      return [{ file, content: entry(parse(text)) }];
    } catch {
      throw new UserError(`The kubeconfig ${file} is not YAML. Restore it, or point KUBECONFIG at another one.`);
    }
  });
}

/**
 * Finds the cluster that a deployment goes to.
 * @param wanted Context by name; absent: the kubeconfig's current one.
 * @throws UserError in one clear line: no kubeconfig, or no such context in it.
 */
export function clusterAccess(wanted: string | undefined, files: readonly string[] = kubeconfigFiles()): ClusterAccess {
  const found = readFiles(files);
  if (found.length === 0) throw new UserError(`There is no kubeconfig at ${files.join(", ")}. ${GET_ONE}.`);
  const where = found.map(({ file }) => file).join(", ");
  const context = wanted ?? found.map(({ content }) => content["current-context"]).find((name) => typeof name === "string" && name !== "");
  const contexts = found.flatMap(({ content }) => (Array.isArray(content["contexts"]) ? content["contexts"] : []).map((item) => String(entry(item)["name"])));
  if (typeof context !== "string" || !contexts.includes(context)) {
    const what = wanted === undefined ? "has no current context" : `has no context "${wanted}"`;
    throw new UserError(`The kubeconfig ${where} ${what}; it has ${contexts.join(", ") || "none"}. Set astratrade:kubernetes.context to one of them.`);
  }
  const lookUp = (list: string, name: unknown, key: string) =>
    found.map(({ file, content }) => ({ file, value: named(content[list], name, key) })).find(({ value }) => value !== undefined);
  const chosen = lookUp("contexts", context, "context")?.value;
  const cluster = lookUp("clusters", chosen?.["cluster"], "cluster");
  const server = cluster?.value?.["server"];
  if (cluster?.value === undefined || typeof server !== "string") {
    throw new UserError(`The context "${context}" of ${where} leads to no cluster with a server. Make the kubeconfig anew with your cluster's tool.`);
  }
  const user = lookUp("users", chosen?.["user"], "user");
  const authority = pem(cluster.value, "certificate-authority", dirname(cluster.file));
  const certificate = pem(user?.value ?? {}, "client-certificate", dirname(user?.file ?? cluster.file));
  const key = pem(user?.value ?? {}, "client-key", dirname(user?.file ?? cluster.file));
  return {
    context,
    server,
    ...(authority === undefined ? {} : { authority }),
    ...(certificate === undefined ? {} : { certificate }),
    ...(key === undefined ? {} : { key }),
  };
}
