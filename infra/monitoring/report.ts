import { alertmanagerAlerts, joinAlerts, prometheusAlerts, type ActiveAlert } from "./alerts.ts";
import { askJson, type Fetch } from "./ask.ts";
import { prometheusTargets, type Targets } from "./targets.ts";

export interface MonitoringUrl {
  readonly name: string;
  readonly url: string;
  readonly answers: boolean;
}

export interface Login {
  readonly name: string;
  /** Absent: it asks for none, and is reached from this machine only. */
  readonly user?: string;
  /** Name of the secret that holds the password. */
  readonly secret?: string;
  /** Command that prints the password. */
  readonly passwordBy?: string;
  /** Only where it was asked for. */
  readonly password?: string;
}

/** What `./astra monitoring --json` prints. Fields are added, never renamed; null is what nobody could say. */
export interface MonitoringReport {
  readonly environment: string;
  /** Prometheus and Alertmanager answer, and the Watchdog gets from the one to the other. */
  readonly working: boolean;
  readonly urls: readonly MonitoringUrl[];
  readonly logins: readonly Login[];
  readonly targets: Targets | null;
  /** Most severe first; without the Watchdog, which always fires. */
  readonly alerts: readonly ActiveAlert[] | null;
  /** `fires`: Prometheus sends it; `arrives`: the Alertmanager has it. */
  readonly watchdog: { readonly fires: boolean | null; readonly arrives: boolean | null };
  /** What is wrong with the monitoring itself, and what could not be asked. */
  readonly problems: readonly string[];
}

export interface MonitoringPlace {
  readonly environment: string;
  readonly prometheus: string;
  readonly alertmanager: string;
  /** Absent: it is not deployed. */
  readonly grafana?: string;
  /** The same. */
  readonly jaeger?: string;
  readonly logins: readonly Login[];
}

/** Asks everything that watches the platform how it is. Does not throw when parts are down. */
export async function monitoringReport(place: MonitoringPlace, fetch: Fetch): Promise<MonitoringReport> {
  const [ofPrometheus, ofAlertmanager, targets, grafana, jaeger] = await Promise.all([
    prometheusAlerts(fetch, place.prometheus),
    alertmanagerAlerts(fetch, place.alertmanager),
    prometheusTargets(fetch, place.prometheus),
    place.grafana === undefined ? undefined : askJson(fetch, `${place.grafana}/api/health`),
    place.jaeger === undefined ? undefined : askJson(fetch, `${place.jaeger}/api/services`),
  ]);
  const fires = "problem" in ofPrometheus ? null : ofPrometheus.value.watchdog;
  const arrives = "problem" in ofAlertmanager ? null : ofAlertmanager.value.watchdog;
  const problems = [
    ...("problem" in ofPrometheus ? [`Prometheus ${ofPrometheus.problem}: targets and pending alerts are not known`] : []),
    ...("problem" in targets && !("problem" in ofPrometheus) ? [`Prometheus ${targets.problem}: its targets are not known`] : []),
    ...("problem" in ofAlertmanager ? [`Alertmanager ${ofAlertmanager.problem}: nobody is notified, silences are not known`] : []),
    ...(grafana !== undefined && "problem" in grafana ? [`Grafana ${grafana.problem}`] : []),
    ...(jaeger !== undefined && "problem" in jaeger ? [`Jaeger ${jaeger.problem}`] : []),
    ...(fires === false ? ["the Watchdog does not fire: Prometheus does not evaluate its rules"] : []),
    ...(fires !== false && arrives === false ? ["the Watchdog does not arrive: alerts are lost between Prometheus and Alertmanager"] : []),
  ];
  return {
    environment: place.environment,
    working: fires === true && arrives === true,
    urls: [
      { name: "Prometheus", url: place.prometheus, answers: !("problem" in ofPrometheus) },
      { name: "Alertmanager", url: place.alertmanager, answers: !("problem" in ofAlertmanager) },
      ...(place.grafana === undefined ? [] : [{ name: "Grafana", url: place.grafana, answers: grafana !== undefined && !("problem" in grafana) }]),
      ...(place.jaeger === undefined ? [] : [{ name: "Jaeger", url: place.jaeger, answers: jaeger !== undefined && !("problem" in jaeger) }]),
    ],
    logins: place.logins,
    targets: "problem" in targets ? null : targets.value,
    alerts: joinAlerts(ofPrometheus, ofAlertmanager) ?? null,
    watchdog: { fires, arrives },
    problems,
  };
}
