import { UserError } from "../host/user-error.ts";
import { lastLines } from "../host/run.ts";

export type PulumiErrorCode =
  | "pulumi-missing"
  | "pulumi-passphrase"
  | "pulumi-locked"
  | "pulumi-docker"
  | "pulumi-plugin"
  | "pulumi-port"
  | "pulumi-name-taken"
  | "pulumi-failed";

/** The Pulumi engine refused or failed. */
export class PulumiError extends UserError {
  readonly code: PulumiErrorCode;

  constructor(code: PulumiErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

interface Known {
  readonly code: PulumiErrorCode;
  readonly pattern: RegExp;
  readonly message: (stackName: string, match: RegExpExecArray) => string;
}

const KNOWN: readonly Known[] = [
  {
    code: "pulumi-passphrase",
    pattern: /incorrect passphrase|passphrase must be set/,
    message: (stackName) =>
      `The passphrase does not open stack ${stackName}. It is in the file that PULUMI_CONFIG_PASSPHRASE_FILE names ` +
      "(.astra/passphrase unless you set it): put back the one that the stack was made with.",
  },
  {
    code: "pulumi-locked",
    pattern: /stack is currently locked by[^]*?created by (\S+) \(pid (\d+)\)/,
    message: (stackName, [, who = "somebody", pid = "?"]) =>
      `Stack ${stackName} is locked by ${who}, process ${pid}. Wait until it ends; if it is gone: pulumi cancel --stack ${stackName}`,
  },
  {
    code: "pulumi-docker",
    pattern: /Docker does not answer|Cannot connect to the Docker daemon|failed to connect to any docker daemon|permission denied while trying to connect to the Docker/i,
    message: () => "The Docker engine does not answer. Run ./astra doctor, which says what is missing.",
  },
  {
    code: "pulumi-plugin",
    pattern: /(?:no resource plugin|could not (?:load|find) plugin|failed to download plugin|error downloading plugin)[^\n]*/i,
    message: (_, [line]) =>
      `Pulumi's Docker or random provider is not here and could not be downloaded (${line}). ` +
      "Give the machine access to get.pulumi.com once, or deploy with --engine compose.",
  },
  {
    code: "pulumi-port",
    pattern: /Bind for (\S+) failed: port is already allocated|listen tcp\S* (\S+): bind: address already in use/,
    message: (_, [, allocated, bound]) =>
      `Port ${allocated ?? bound ?? "?"} is taken. Run ./astra doctor, which names its owner; then run the command again.`,
  },
  {
    code: "pulumi-name-taken",
    pattern: /The container name "\/?([^"]+)" is already in use/,
    message: (_, [, name = "?"]) =>
      `A container named ${name} is there that Pulumi does not know of. Remove it (docker rm -f ${name}), then run the command again.`,
  },
];

const MOST_LINES = 40;

/**
 * The errors of Pulumi's report, each with what is indented below it; without its warnings, the provider's place in the
 * code, and what only says that something else has failed.
 */
function diagnostics(output: string): string {
  const report = output.slice(Math.max(0, output.lastIndexOf("Diagnostics:")));
  const kept: string[] = [];
  let isError = false;
  for (const raw of report.split("\n")) {
    const line = raw.trim();
    if (/^(error|warning|info):/.test(line)) {
      isError = line.startsWith("error:") && !/update failed|preview failed|sdk-v2\/|\d+ errors? occurred:$/.test(line);
    } else if (line === "" || /^[a-z][\w-]*:[\w:/-]+ \(.*\):$/i.test(line) || /^(Outputs|Resources|Duration)\b/.test(line)) {
      isError = false;
    }
    if (isError && line !== "") kept.push(line.replace(/^error: (Error: )?/, ""));
  }
  return [...new Set(kept)].slice(0, MOST_LINES).join("\n") || lastLines(output, 20);
}

/** The errors of a `--json` report in the form of a plain one; any other output as it is. */
function withoutJson(output: string): string {
  if (!output.startsWith("{")) return output;
  try {
    const { diagnostics: all = [] } = JSON.parse(output.slice(0, output.lastIndexOf("}") + 1)) as {
      diagnostics?: readonly { readonly severity: string; readonly message: string }[];
    };
    return all.map(({ severity, message }) => `${severity}: ${message.trim()}`).join("\n");
  } catch {
    return output;
  }
}

/** What to tell people of a failed `pulumi`: one clear line where the reason is known, else what it said itself. */
export function pulumiError(action: string, stackName: string, raw: string): PulumiError {
  const output = withoutJson(raw);
  for (const known of KNOWN) {
    const match = known.pattern.exec(output);
    if (match) return new PulumiError(known.code, known.message(stackName, match));
  }
  return new PulumiError("pulumi-failed", `pulumi ${action} of stack ${stackName} failed:\n${diagnostics(output)}`);
}
