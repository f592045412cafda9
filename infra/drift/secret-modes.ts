import type { MachineFacts } from "./compare.ts";
import type { DeployedContainer, DeployedStack } from "./deployed.ts";
import type { DriftField, DriftItem } from "./drift.ts";
import { docker, dockerOrFail } from "../host/docker.ts";
import { UserError } from "../host/user-error.ts";
import { APP_USER, SECRETS_PATH } from "../platform/defaults.ts";

/** Each is a process in a container. */
const PARALLEL = 4;
const MEND_MS = 60_000;

/** A file that only its owner reads, and that nobody writes. */
const FILE = "400 1000:1000";
/** Folders of both ways: bound from the host under Compose, a volume's root under Pulumi. */
const FOLDERS = ["500 1000:1000", "755 1000:1000"];

/** What `stat` says of one file: `400 1000:1000 /run/secrets/redis`. */
export interface SecretFile {
  readonly name: string;
  readonly mode: string;
}

/** Reads the lines of `stat --format '%a %u:%g %n'`; the folder itself is named `.`. */
export function parseModes(text: string): readonly SecretFile[] {
  return text.split("\n").flatMap((line) => {
    const match = /^(\d+ \d+:\d+) (.+)$/.exec(line.trim());
    const path = match?.[2];
    if (match?.[1] === undefined || path === undefined) return [];
    return [{ name: path === SECRETS_PATH ? "." : path.slice(SECRETS_PATH.length + 1), mode: match[1] }];
  });
}

/** What is not as it was written: modes, owners, files that are missing or too many. `expected` undefined: names are not known. */
export function modeFields(files: readonly SecretFile[], expected: readonly string[] | undefined): readonly DriftField[] {
  const folder = files.find(({ name }) => name === ".");
  const found = new Map(files.filter(({ name }) => name !== ".").map(({ name, mode }) => [name, mode]));
  const names = [...new Set([...(expected ?? []), ...found.keys()])].sort();
  return [
    ...(folder === undefined || FOLDERS.includes(folder.mode) ? [] : [{ field: "folder", expected: FOLDERS[0] ?? "", found: folder.mode }]),
    ...names.flatMap((name): readonly DriftField[] => {
      const mode = found.get(name);
      if (expected !== undefined && !expected.includes(name)) return [{ field: name, ...(mode === undefined ? {} : { found: mode }) }];
      if (mode === FILE) return [];
      return [{ field: name, expected: FILE, ...(mode === undefined ? {} : { found: mode }) }];
    }),
  ];
}

async function filesOf(container: string): Promise<readonly SecretFile[] | undefined> {
  const script = `stat -c '%a %u:%g %n' ${SECRETS_PATH} $(find ${SECRETS_PATH} -mindepth 1 2>/dev/null)`;
  const result = await docker(["exec", container, "sh", "-c", script]);
  const files = parseModes(result.stdout);
  return files.length === 0 ? undefined : files;
}

/** Containers to ask: one of each workload with secrets, of those that run and are what was deployed. */
function asked(stack: DeployedStack, facts: MachineFacts, drifted: ReadonlySet<string>): readonly DeployedContainer[] {
  const first = new Map<string, DeployedContainer>();
  for (const container of stack.containers) {
    const { form } = container;
    const running = facts.containers.some((one) => one.name === form.name && one.state === "running");
    if (running && !drifted.has(form.name) && form.mounts.some((mount) => mount.type === "secrets") && !first.has(form.workload)) first.set(form.workload, container);
  }
  return [...first.values()];
}

/** Secret files that are not as they were written, as the containers see them. Their content is not looked at. */
export async function secretItems(stack: DeployedStack, facts: MachineFacts, others: readonly DriftItem[]): Promise<readonly DriftItem[]> {
  const drifted = new Set(others.filter(({ problem }) => problem !== "changed").map(({ name }) => name));
  const rest = [...asked(stack, facts, drifted)];
  const items: DriftItem[] = [];
  const worker = async (): Promise<void> => {
    for (let one = rest.shift(); one !== undefined; one = rest.shift()) {
      const files = await filesOf(one.form.name);
      const fields = files === undefined ? [] : modeFields(files, one.secretFiles);
      if (fields.length === 0) continue;
      items.push({
        stack: stack.stack,
        kind: "secret files",
        name: one.form.name,
        workload: one.form.workload,
        problem: "changed",
        fields,
        mend: "in place",
      });
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  return items.sort((a, b) => (a.name < b.name ? -1 : 1));
}

interface SecretMount {
  readonly Type: string;
  readonly Name?: string;
  readonly Source: string;
  readonly Destination: string;
}

/** What a mend of secret files does, apart from modes and owners. */
export function secretWork(item: DriftItem): { readonly surplus: readonly string[]; readonly lost: readonly string[] } {
  const files = item.fields.filter(({ field }) => field !== "folder");
  return {
    surplus: files.filter(({ expected }) => expected === undefined).map(({ field }) => field),
    lost: files.filter(({ expected, found }) => expected !== undefined && found === undefined).map(({ field }) => field),
  };
}

/**
 * Gives files and folder their owner and mode back, writes those that are gone, and removes what does not belong there,
 * while the container runs on. A container does it, since nobody but root may, and Pulumi's volumes have no path of ours.
 * @throws UserError when a file is gone whose content is not known.
 */
export async function mendSecretFiles(item: DriftItem, values: Readonly<Record<string, string>>): Promise<void> {
  const [mountsJson = "", image = ""] = (await dockerOrFail(["inspect", "--format", "{{json .Mounts}}\n{{.Image}}", item.name])).trim().split("\n");
  const mount = (JSON.parse(mountsJson) as readonly SecretMount[]).find(({ Destination }) => Destination === SECRETS_PATH);
  if (mount === undefined) throw new Error(`${item.name} mounts no secrets`);
  const isVolume = mount.Type === "volume";
  const inside = ["run", "--rm", "--interactive", "--user", "0", "--network", "none", "--entrypoint", "sh", "-v", `${isVolume ? (mount.Name ?? "") : mount.Source}:/secrets`, image, "-c"];
  const { surplus, lost } = secretWork(item);
  for (const name of lost) {
    const value = values[name];
    if (value === undefined) throw new UserError(`${item.name} has lost its secret file "${name}", and its content is not known here.`);
    // By standard input: arguments are seen by everybody.
    await dockerOrFail([...inside, 'cat > "/secrets/$1"', "sh", name], { deadlineMs: MEND_MS, input: value });
  }
  const script = `cd /secrets && for f in "$@"; do rm -rf -- "./$f"; done; chown -R ${APP_USER} . && find . -type f -exec chmod 0400 {} + && chmod ${isVolume ? "0755" : "0500"} .`;
  await dockerOrFail([...inside, script, "sh", ...surplus], { deadlineMs: MEND_MS });
}
