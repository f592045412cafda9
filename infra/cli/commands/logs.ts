import { spawn } from "node:child_process";
import { nearest } from "../../config/suggest.ts";
import { environmentContainers, type Container } from "../../host/containers.ts";
import { ENVIRONMENT_FLAG, type Command, type Invocation } from "../command.ts";
import { environmentOf } from "../session.ts";
import { UsageError } from "../usage-error.ts";

/** Passes one container's log on, each line with its name in front where there are several. */
async function show(container: Container, args: readonly string[], prefix: string): Promise<number> {
  const child = spawn("docker", ["logs", ...args, container.name], { stdio: ["ignore", "pipe", "pipe"] });
  for (const stream of [child.stdout, child.stderr]) {
    let rest = "";
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) process.stdout.write(`${prefix}${line}\n`);
    });
    stream.on("end", () => {
      if (rest !== "") process.stdout.write(`${prefix}${rest}\n`);
    });
  }
  return await new Promise((resolve) => {
    child.on("error", () => resolve(1));
    child.on("close", (code) => resolve(code ?? 1));
  });
}

async function logs(invocation: Invocation): Promise<number> {
  const containers = await environmentContainers(environmentOf(invocation));
  const workloads = [...new Set(containers.map((container) => container.workload))];
  for (const word of invocation.words)
    if (!workloads.includes(word)) {
      const suggestion = nearest(word, workloads);
      throw new UsageError(
        `No container of "${word}" is here.${suggestion === undefined ? "" : ` Did you mean ${suggestion}?`}` +
          (workloads.length > 0 ? ` There are: ${workloads.sort().join(", ")}.` : " Nothing runs: ./astra up"),
      );
    }
  const colour = invocation.text("colour");
  const chosen = containers.filter(
    (container) =>
      (invocation.words.length === 0 || invocation.words.includes(container.workload)) &&
      (colour === undefined || container.colour === colour),
  );
  const args = [
    ...(invocation.on("follow") ? ["--follow"] : []),
    "--tail",
    invocation.text("tail") ?? (invocation.words.length === 0 ? "20" : "200"),
    ...(invocation.text("since") === undefined ? [] : ["--since", invocation.text("since") ?? ""]),
  ];
  const width = Math.max(0, ...chosen.map((container) => container.name.length));
  const codes = await Promise.all(
    chosen.map(async (container) => await show(container, args, chosen.length > 1 ? `${container.name.padEnd(width)} | ` : "")),
  );
  return Math.max(0, ...codes);
}

export const logsCommand: Command = {
  name: "logs",
  summary: "Show the logs of workloads.",
  words: { help: "[WORKLOAD ...]", max: 50 },
  flags: {
    ...ENVIRONMENT_FLAG,
    colour: { type: "string", value: "blue|green", choices: ["blue", "green"], help: "of one colour only" },
    follow: { type: "boolean", short: "f", help: "go on showing what comes" },
    tail: { type: "string", short: "n", value: "LINES", help: "last lines of each container (default: 200, of all workloads 20)" },
    since: { type: "string", value: "TIME", help: "from a time on, e.g. 10m or 2026-01-31T12:00:00Z" },
  },
  run: logs,
};
