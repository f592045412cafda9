import { RELEASE_EVENT } from "../../services/base/metrics-contract/external/release.ts";

/**
 * Marks on every graph for each `up`, rollout, rollback and `down`: when it was made is the series' value. Fields as in
 * Grafana's dashboard JSON for annotations from Prometheus.
 */
export function changeMarks(datasource: { readonly type: string; readonly uid: string }): Readonly<Record<string, unknown>> {
  return {
    name: "Changes",
    enable: true,
    hide: false,
    iconColor: "purple",
    datasource,
    expr: RELEASE_EVENT.name,
    step: "10s",
    useValueForTime: true,
    titleFormat: "{{kind}} {{colour}} {{version}}: {{outcome}}",
    textFormat: "by {{by}}",
    tagKeys: "kind,outcome",
  };
}
