import { spawn } from "node:child_process";
import { LABELS } from "../../infra/platform/labels.ts";

/** The end of one container's process. */
export interface End {
  readonly name: string;
  readonly exitCode: number;
  /** The engine's time, ms. */
  readonly atMs: number;
}

/** Writes down how an environment's containers end while something else happens. The engine forgets events after a few hundred. */
export async function watchEnds(environment: string, during: () => Promise<void>): Promise<readonly End[]> {
  const filters = ["event=die", `label=${LABELS.environment}=${environment}`].flatMap((filter) => ["--filter", filter]);
  const format = '{"name":"{{.Actor.Attributes.name}}","exitCode":{{.Actor.Attributes.exitCode}},"nano":{{.TimeNano}}}';
  // From now on, however long it takes to begin to listen.
  const since = ["--since", (Date.now() / 1000).toFixed(3)];
  const child = spawn("docker", ["events", ...since, ...filters, "--format", format], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  const closed = new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => resolve());
  });
  try {
    await during();
  } finally {
    child.kill();
    await closed;
  }
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const { name, exitCode, nano } = JSON.parse(line) as { name: string; exitCode: number; nano: number };
      return { name, exitCode, atMs: nano / 1e6 };
    });
}
