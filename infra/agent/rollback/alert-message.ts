import type { Colour } from "../../platform/workload.ts";

/** An alert that asks for a rollback. */
export interface RollbackCall {
  readonly alert: string;
  /** The colour that is worse. */
  readonly colour: Colour;
  readonly workload: string;
  readonly summary: string;
  /** When it began to fire, Unix time in ms. */
  readonly sinceMs: number;
}

interface Message {
  readonly alerts?: readonly {
    readonly status?: string;
    readonly startsAt?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  }[];
}

/**
 * Those alerts of an Alertmanager's message that fire, ask for a rollback and name a colour.
 * @throws SyntaxError where the body is no JSON.
 */
export function rollbackCalls(body: string): readonly RollbackCall[] {
  const message = JSON.parse(body) as Message | null;
  const alerts = Array.isArray(message?.alerts) ? message.alerts : [];
  return alerts.flatMap(({ status, startsAt = "", labels = {}, annotations = {} }) => {
    const sinceMs = Date.parse(startsAt);
    const { alertname = "?", action, colour, workload = "?" } = labels;
    if (status !== "firing" || action !== "rollback" || (colour !== "blue" && colour !== "green") || Number.isNaN(sinceMs)) return [];
    return [{ alert: alertname, colour, workload, summary: annotations["summary"] ?? "", sinceMs }];
  });
}
