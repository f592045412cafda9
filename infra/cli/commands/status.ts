import { stackMembers } from "../../engine/plan.ts";
import { readTrafficTable, type TrafficTable } from "../../engine/traffic.ts";
import { environmentContainers, type Container } from "../../host/containers.ts";
import { SECRETS_WRITER } from "../../platform/names.ts";
import { workloadNames } from "../../platform/platform.ts";
import { ENVIRONMENT_FLAG, JSON_FLAG, type Command, type Invocation } from "../command.ts";
import { formatDuration } from "../progress.ts";
import { openSession } from "../session.ts";
import { table } from "../table.ts";
import { addresses } from "../urls.ts";
import { environmentSuffix } from "../result.ts";

/** Share of requests that a container's colour gets, [0, 100]; a colour without the other one gets all. */
export function trafficShare(container: Container, all: readonly Container[], traffic: TrafficTable | undefined): number | undefined {
  const { colour, workload } = container;
  const weights = traffic?.weights[workload];
  if (colour === undefined || weights === undefined || container.state !== "running") return undefined;
  const alive = (other: "blue" | "green"): boolean =>
    stackMembers(all, other).some((one) => one.workload === workload && one.state === "running");
  const effective = { blue: alive("blue") ? weights.blue : 0, green: alive("green") ? weights.green : 0 };
  const sum = effective.blue + effective.green;
  return sum === 0 ? 100 : Math.round((effective[colour] / sum) * 100);
}

/** One word for a person: what is wrong comes before what is fine. */
export function healthWord(container: Container): string {
  if (container.workload === "migrate")
    return container.state === "exited" ? (container.exitCode === 0 ? "done" : `failed (${container.exitCode})`) : container.state;
  if (container.state !== "running") return container.state === "exited" ? `stopped (${container.exitCode})` : container.state;
  return container.health === "none" ? "running" : container.health;
}

function ordered(containers: readonly Container[]): readonly Container[] {
  const place = (container: Container): string =>
    `${container.colour ?? ""}:${String(workloadNames.indexOf(container.workload)).padStart(3, "0")}:${container.name}`;
  return [...containers].sort((a, b) => (place(a) < place(b) ? -1 : 1));
}

function age(container: Container): string {
  return container.state === "running" ? formatDuration(Date.now() - Date.parse(container.startedAt)).replace(/\.\d/, "") : "";
}

async function status(invocation: Invocation): Promise<number> {
  const session = await openSession(invocation);
  const found = await environmentContainers(session.environment);
  const containers = ordered(found.filter((container) => container.workload !== SECRETS_WRITER));
  const traffic = await readTrafficTable(session.environment);
  const grafana = containers.some((container) => container.workload === "grafana");
  const links = addresses(session.config.targets.foundation.settings, grafana);
  const healthy = containers.length > 0 && containers.every((c) => ["healthy", "running", "done"].includes(healthWord(c)));
  if (invocation.on("json")) {
    const rows = containers.map((container) => ({
      name: container.name,
      workload: container.workload,
      colour: container.colour ?? null,
      version: container.version,
      state: container.state,
      health: healthWord(container),
      restarts: container.restarts,
      startedAt: container.startedAt,
      trafficPercent: trafficShare(container, containers, traffic) ?? null,
    }));
    const engine = session.record?.engine ?? null;
    const document = { environment: session.environment, engine, healthy, containers: rows, traffic: traffic ?? null, urls: links };
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    return 0;
  }
  if (containers.length === 0) {
    process.stdout.write(`Nothing runs in environment ${session.environment}. ./astra up${environmentSuffix(session.environment)}\n`);
    return 0;
  }
  const rows = containers.map((container) => {
    const share = trafficShare(container, containers, traffic);
    return [
      container.workload,
      container.colour ?? "-",
      healthWord(container),
      share === undefined ? "-" : `${share} %`,
      container.version,
      age(container),
      String(container.restarts),
    ];
  });
  process.stdout.write(`${table([["WORKLOAD", "COLOUR", "HEALTH", "TRAFFIC", "VERSION", "UP", "RESTARTS"], ...rows])}\n\n`);
  process.stdout.write(`${links.map(({ name, url }) => `${name.padEnd(12)}  ${url}`).join("\n")}\n`);
  return 0;
}

export const statusCommand: Command = {
  name: "status",
  summary: "Show what runs: health, colour, share of requests, addresses.",
  flags: { ...ENVIRONMENT_FLAG, ...JSON_FLAG },
  run: status,
};
