import { currentTraffic, presentWeights, type Weights } from "../../engine/traffic.ts";
import { environmentContainers, type Container } from "../../host/containers.ts";
import { SECRETS_WRITER } from "../../platform/names.ts";
import { workloadNames } from "../../platform/platform.ts";
import { ENVIRONMENT_FLAG, JSON_FLAG, type Command, type Invocation } from "../command.ts";
import { formatDuration } from "../progress.ts";
import { openSession } from "../session.ts";
import { table } from "../table.ts";
import { addresses } from "../urls.ts";
import { environmentSuffix } from "../result.ts";

/** Share of the requests to its workload that goes to a container's colour, [0, 100]; undefined where it is not routed. */
export function trafficShare(container: Container, weights: Weights | undefined): number | undefined {
  const { colour, workload } = container;
  const entry = weights?.[workload];
  if (colour === undefined || entry === undefined || container.state !== "running") return undefined;
  return Math.round((entry[colour] / (entry.blue + entry.green)) * 100);
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
  const traffic = await currentTraffic(session.config.targets.foundation.settings);
  const weights = traffic && presentWeights(traffic, containers);
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
      trafficPercent: trafficShare(container, weights) ?? null,
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
    const share = trafficShare(container, weights);
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
