import { stringify } from "yaml";
import type { AlertRule, Course, RuleGroup } from "./alert.ts";
import { parsePromql } from "./promql.ts";
import { annotationsOf, duration, GENERATED, labelsOf } from "./render-rules.ts";

const DEFAULT_STEP_SECONDS = 15;
const SETTLE_STEPS = 4;

/** Values of a series over so many steps, in promtool's notation. */
function values(course: Course, steps: number, start?: number): string {
  if (course === "absent") return `_x${steps}`;
  if (typeof course === "string") return course;
  if (typeof course === "number") return `${course}x${steps}`;
  const step = course.perStep < 0 ? `${course.perStep}` : `+${course.perStep}`;
  return `${start ?? course.from ?? 0}${step}x${steps}`;
}

/** First one course, then another: a counter goes on from where it stands, a time from what it says by then. */
function valuesInTurn(first: Course, steps: number, second: Course, moreSteps: number): string {
  if (second === "absent" && first !== "absent") return `${values(first, steps)} stale`;
  const from = (course: Course): number | undefined => (typeof course === "object" ? course.from : undefined);
  const grown = typeof first === "object" ? first.perStep * (steps + 1) : 0;
  return `${values(first, steps)} ${values(second, moreSteps, (from(second) ?? 0) + grown)}`;
}

/** Text of a template with its labels and its value filled in. */
function filled(template: string, labels: Readonly<Record<string, string>>, value: string | undefined): string {
  return template
    .replaceAll(/\{\{ \$value[^}]*\}\}/g, value ?? "")
    .replaceAll(/\{\{ \$labels\.([a-z_]+) \}\}/g, (_, label: string) => labels[label] ?? "");
}

/** How long after the condition has ended the alert may still stand: windows and `keep_firing_for`. */
function lingersSeconds(alert: AlertRule, group: RuleGroup): number {
  const expressions = [alert.expr, ...group.records.map((rule) => rule.expr)].map(parsePromql);
  const used = new Set(expressions[0]?.selectors.map((selector) => selector.series));
  const relevant = [
    ...(expressions[0]?.selectors ?? []),
    ...group.records.flatMap((rule, index) => (used.has(rule.record) ? (expressions[index + 1]?.selectors ?? []) : [])),
  ];
  const windows = relevant.map((selector) => selector.rangeSeconds ?? 0);
  return Math.max(0, ...windows) + (alert.keepFiringSeconds ?? 0);
}

/** Longer windows are not walked through: what they hold does not go away within a test. */
const LONGEST_WAIT_SECONDS = 6 * 3600;

function testsOf(alert: AlertRule, group: RuleGroup): readonly unknown[] {
  const { test } = alert;
  const step = stepOf(alert);
  const firesAt = (test.trueAfterSeconds ?? 0) + Math.ceil(alert.forSeconds / step) * step;
  const edge = (test.edgeSteps ?? 1) * step;
  const steps = firesAt / step + SETTLE_STEPS;
  const labels = { ...labelsOf(alert, group), ...test.labels };
  const annotations = Object.entries(annotationsOf(alert, group)).map(([name, text]) => [name, filled(text, labels, test.value)]);
  const fires = [{ exp_labels: labels, exp_annotations: Object.fromEntries(annotations) as Record<string, string> }];
  const at = (seconds: number, expected: readonly unknown[]): unknown => ({
    eval_time: duration(seconds),
    alertname: alert.name,
    exp_alerts: expected,
  });
  const run = (title: string, course: (series: (typeof test.series)[number]) => string, checks: readonly unknown[]): unknown => ({
    name: `${alert.name} ${title}`,
    interval: duration(step),
    input_series: test.series.map((series) => ({ series: series.series, values: course(series) })),
    alert_rule_test: checks,
  });
  const lingers = lingersSeconds(alert, group);
  const goneAt = firesAt + step + Math.ceil(lingers / step) * step + SETTLE_STEPS * step;
  const tests = [
    run("fires above its threshold, and not before its time", (series) => values(series.bad, steps), [
      ...(firesAt >= edge ? [at(firesAt - edge, [])] : []),
      at(firesAt, fires),
    ]),
  ];
  if (test.series.length === 0) return tests;
  tests.push(run("is silent below its threshold", (series) => values(series.good, steps), [at(firesAt, []), at(firesAt + SETTLE_STEPS * step, [])]));
  const written = test.series.some(({ bad }) => typeof bad === "string" && bad !== "absent");
  if (lingers <= LONGEST_WAIT_SECONDS && !written)
    tests.push(
      run("ends when its condition ends", (series) => valuesInTurn(series.bad, firesAt / step + 1, series.good, (goneAt - firesAt) / step), [
        at(firesAt, fires),
        at(goneAt, []),
      ]),
    );
  if (test.series.some(({ good }) => typeof good === "object" && good.from === undefined))
    tests.push(
      run("takes a counter that starts anew for what it is", (series) => `${values(series.good, 2)} ${values(series.good, steps)}`, [at(firesAt, [])]),
    );
  return tests;
}

const stepOf = (alert: AlertRule): number => alert.test.stepSeconds ?? DEFAULT_STEP_SECONDS;

/**
 * promtool tests of a group's alerts, by file name: each alert fires in time, is silent below, ends, and survives a
 * restart. One file for each time between samples, since a file has one time between evaluations.
 */
export function testFiles(group: RuleGroup): ReadonlyMap<string, string> {
  const steps = [...new Set(group.alerts.map(stepOf))].sort((a, b) => a - b);
  return new Map(
    steps.map((step) => {
      const content = {
        rule_files: [`../rules/${group.name}.yml`],
        evaluation_interval: duration(step),
        tests: group.alerts.filter((alert) => stepOf(alert) === step).flatMap((alert) => testsOf(alert, group)),
      };
      return [`${group.name}-${step}s.test.yml`, `# ${GENERATED}\n${stringify(content, { lineWidth: 0, aliasDuplicateObjects: false })}`];
    }),
  );
}
