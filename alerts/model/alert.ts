/**
 * How a series stands in a test: a value that stays, one that grows by so much each step, no series at all
 * (`absent`), or values as promtool writes them (`0+120x60 7230+30x90`).
 */
export type Course = number | { readonly perStep: number; readonly from?: number } | string;

/** One series of a test, on both sides of the rule's threshold; one side only where it is the same on both. */
export interface TestSeries {
  /** In PromQL's form: `up{workload="gateway"}`. */
  readonly series: string;
  readonly bad: Course;
  readonly good: Course;
}

/** What shows that a rule works. Times follow from the rule: it fires after `for` and is silent one step before. */
export interface AlertTest {
  readonly series: readonly TestSeries[];
  /** Labels that the result brings, besides the rule's own. */
  readonly labels?: Readonly<Record<string, string>>;
  /** What `$value` is written as in the description. */
  readonly value?: string;
  /** From the beginning until the expression is true; one step for what needs two samples. @default 0 */
  readonly trueAfterSeconds?: number;
  /**
   * Steps from the last silence that is checked to the first firing; 2 where that moment hangs on the first instant of
   * a window, which belongs to it in Prometheus 2 and not in Prometheus 3. @default 1
   */
  readonly edgeSteps?: number;
  /** Time between samples and evaluations. @default 15 */
  readonly stepSeconds?: number;
}

/** Part of a runbook: what somebody who was woken reads first. */
export interface Runbook {
  /** What is the case when it fires. */
  readonly meaning: string;
  /** What users notice. */
  readonly impact: string;
  /** The first three commands. */
  readonly commands: readonly [string, string, string];
  /** The way back to a state that is known to work. */
  readonly goBack: string;
}

export type Severity = "critical" | "warning" | "info" | "none";

export interface AlertRule {
  readonly name: string;
  readonly severity: Severity;
  /** Condition in PromQL. */
  readonly expr: string;
  /** Time that the condition has to hold, in seconds; 0 only for facts that do not go away by being true for short. */
  readonly forSeconds: number;
  /** Time that it goes on firing afterwards, in seconds, so that a short event reaches a person. */
  readonly keepFiringSeconds?: number;
  /** `rollback`: the traffic goes back to the other colour than the one in label `colour`. */
  readonly action?: "rollback";
  /** One line without values. */
  readonly summary: string;
  /** With the value, made readable, and the threshold. */
  readonly description: string;
  readonly runbook: Runbook;
  readonly test: AlertTest;
}

/** A series that rules compute for other rules: `level:metric:operation`. */
export interface RecordRule {
  readonly record: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Rules of one area: one file of rules, one of tests, one runbook. */
export interface RuleGroup {
  /** Name of the files. */
  readonly name: string;
  /** Label `component` of its alerts. */
  readonly component: string;
  /** Label `owner`: who looks after it. */
  readonly owner: "platform" | "product";
  /** Dashboard that shows it: its uid. */
  readonly dashboard: string;
  /** Time between evaluations, in seconds; absent: Prometheus' own. */
  readonly intervalSeconds?: number;
  readonly records: readonly RecordRule[];
  readonly alerts: readonly AlertRule[];
}

/** Dashboards that alerts lead to; `dashboards/` builds one for each uid. */
export const DASHBOARDS = {
  business: "astra-business",
  gateway: "astra-gateway",
  services: "astra-services",
  events: "astra-events",
  stores: "astra-stores",
  deployment: "astra-deployment",
} as const;
