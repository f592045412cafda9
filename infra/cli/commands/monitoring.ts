import { docker } from "../../host/docker.ts";
import { environmentContainers } from "../../host/containers.ts";
import { UserError } from "../../host/user-error.ts";
import { monitoringReport, type Login } from "../../monitoring/report.ts";
import { monitoringScreen } from "../../monitoring/screen.ts";
import { SECRETS_PATH } from "../../platform/defaults.ts";
import { containerName } from "../../platform/names.ts";
import { environmentUrls } from "../../platform/urls.ts";
import { CONFIG_FLAG, ENVIRONMENT_FLAG, JSON_FLAG, type Command, type Invocation } from "../command.ts";
import { environmentSuffix } from "../result.ts";
import { openSession, requireDockerTarget } from "../session.ts";

const GRAFANA_SECRET = "grafana_admin";

async function grafanaLogin(environment: string, showSecrets: boolean): Promise<Login> {
  const read = ["exec", containerName(environment, undefined, "grafana", 1), "cat", `${SECRETS_PATH}/${GRAFANA_SECRET}`];
  const login = { name: "Grafana", user: "admin", secret: GRAFANA_SECRET, passwordBy: ["docker", ...read].join(" ") };
  if (!showSecrets) return login;
  const { code, stdout } = await docker(read);
  return code === 0 ? { ...login, password: stdout.trim() } : login;
}

async function monitoring(invocation: Invocation): Promise<number> {
  const session = await openSession(invocation);
  requireDockerTarget(session);
  const { environment } = session;
  const containers = await environmentContainers(environment);
  if (!containers.some((container) => container.colour === undefined))
    throw new UserError(`Nothing runs in environment ${environment}. ./astra up${environmentSuffix(environment)}`);
  const hasGrafana = containers.some((container) => container.workload === "grafana");
  const { prometheus, alertmanager, grafana } = environmentUrls(session.config.targets.foundation.settings, hasGrafana);
  const logins: readonly Login[] = [
    { name: "Prometheus" },
    { name: "Alertmanager" },
    ...(hasGrafana ? [await grafanaLogin(environment, invocation.on("show-secrets"))] : []),
  ];
  const place = { environment, prometheus, alertmanager, ...(grafana === undefined ? {} : { grafana }), logins };
  const report = await monitoringReport(place, fetch);
  process.stdout.write(`${invocation.on("json") ? JSON.stringify(report, null, 2) : monitoringScreen(report).join("\n")}\n`);
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
