import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Variables by which plain `pulumi` finds its state, its passphrase and a Node that is new enough. */
export type PulumiEnvironment = Readonly<Record<string, string>>;

/** Writes a new passphrase, readable by its owner only, where there is none. */
function ensurePassphrase(file: string): void {
  if (existsSync(file)) return;
  writeFileSync(file, `${randomBytes(32).toString("hex")}\n`, { mode: 0o600, flag: "wx" });
}

/**
 * The exports that plain `pulumi` needs in a shell, and what they point to: the folder of the file backend and the
 * passphrase are made when they are missing. What the shell has set already, such as a team's own backend, wins.
 */
export function pulumiEnvironment(projectRoot: string, shell: NodeJS.ProcessEnv = process.env): PulumiEnvironment {
  const state = join(projectRoot, ".astra");
  const backend = join(state, "pulumi");
  mkdirSync(state, { recursive: true, mode: 0o700 });
  chmodSync(state, 0o700);

  const variables: Record<string, string> = {};
  if (shell["PULUMI_BACKEND_URL"] === undefined) {
    mkdirSync(backend, { recursive: true, mode: 0o700 });
    // Without the sidecar files of the file backend: a kill between two writes leaves one empty, and with it a state
    // that cannot be read.
    variables["PULUMI_BACKEND_URL"] = `file://${backend}?metadata=skip`;
  }
  if (shell["PULUMI_CONFIG_PASSPHRASE"] === undefined && shell["PULUMI_CONFIG_PASSPHRASE_FILE"] === undefined) {
    const file = join(state, "passphrase");
    ensurePassphrase(file);
    variables["PULUMI_CONFIG_PASSPHRASE_FILE"] = file;
  }
  const bin = join(projectRoot, "node_modules", ".bin");
  const path = shell["PATH"] ?? "";
  return {
    ...variables,
    // A stack whose salt is not in its config, as on another machine of a team, goes on with the one in its state.
    PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "true",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PATH: path.split(delimiter)[0] === bin ? path : `${bin}${delimiter}${path}`,
  };
}
