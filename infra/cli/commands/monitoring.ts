import { withRuntime } from "../../engine/runtime.ts";
import type { Runtime } from "../../host/runtime.ts";
import { UserError } from "../../host/user-error.ts";
import { monitoringReport, type Login } from "../../monitoring/report.ts";
import { monitoringScreen } from "../../monitoring/screen.ts";
import { PORTS } from "../../platform/ports.ts";
import { environmentUrls } from "../../platform/urls.ts";
import { CONFIG_FLAG, ENVIRONMENT_FLAG, JSON_FLAG, type Command, type Invocation } from "../command.ts";
import { environmentSuffix } from "../result.ts";
import { openSession, type Session } from "../session.ts";

const GRAFANA_SECRET = "grafana_admin";

async function grafanaLogin(runtime: Runtime, showSecrets: boolean): Promise<Login> {
  const login = { name: "Grafana", user: "admin", secret: GRAFANA_SECRET, passwordBy: runtime.secretBy(GRAFANA_SECRET, "grafana") };
  const password = showSecrets ? await runtime.secret(GRAFANA_SECRET) : undefined;
  return password === undefined ? login : { ...login, password };
}

/** How to open what is not open by itself, one line each. */
function openingLines({ openedBy }: Runtime, hasGrafana: boolean, hasJaeger: boolean): readonly string[] {
  const commands = [PORTS.prometheus, PORTS.alertmanager, ...(hasGrafana ? [PORTS.grafana] : []), ...(hasJaeger ? [PORTS.jaeger] : [])].flatMap((port) => openedBy(port) ?? []);
  return commands.length === 0 ? [] : ["", "Opened from this machine by:", ...commands.map((command) => `  ${command}`)];
}

async function monitoring(invocation: Invocation): Promise<number> {
  const session = await openSession(invocation);
  return await withRuntime(session.config.targets.foundation.settings, async (runtime) => await show(invocation, session, runtime));
}

async function show(invocation: Invocation, session: Session, runtime: Runtime): Promise<number> {
  const { environment } = session;
  const containers = await runtime.containers();
  if (!containers.some((container) => container.colour === undefined))
    throw new UserError(`Nothing runs in environment ${environment}. ./astra up${environmentSuffix(environment)}`);
  const hasGrafana = containers.some((container) => container.workload === "grafana");
  const hasJaeger = containers.some((container) => container.workload === "jaeger");
  const { prometheus, alertmanager, grafana, jaeger } = environmentUrls(session.config.targets.foundation.settings, hasGrafana, hasJaeger);
  const logins: readonly Login[] = [
    { name: "Prometheus" },
    { name: "Alertmanager" },
    ...(hasJaeger ? [{ name: "Jaeger" }] : []),
    ...(hasGrafana ? [await grafanaLogin(runtime, invocation.on("show-secrets"))] : []),
  ];
  const place = { environment, prometheus, alertmanager, ...(grafana === undefined ? {} : { grafana }), ...(jaeger === undefined ? {} : { jaeger }), logins };
  const report = await monitoringReport(place, runtime.fetch);
  process.stdout.write(`${invocation.on("json") ? JSON.stringify(report, null, 2) : [...monitoringScreen(report), ...openingLines(runtime, hasGrafana, hasJaeger)].join("\n")}\n`);
  return report.working ? 0 : 1;
}

export const monitoringCommand: Command = {
  name: "monitoring",
  summary: "Show where to look, how to log in, and what fires.",
  details: ["", "Ends with 0 when alerts get from Prometheus to the Alertmanager, whatever fires; with 1 when they do not."],
  flags: {
    ...ENVIRONMENT_FLAG,
    ...CONFIG_FLAG,
    ...JSON_FLAG,
    "show-secrets": { type: "boolean", help: "print passwords too" },
  },
  run: monitoring,
};
