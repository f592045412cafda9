import { askJson, listWithin, textWithin, type Asked, type Fetch } from "./ask.ts";

export interface Targets {
  readonly up: number;
  readonly down: number;
  /** Not asked yet. */
  readonly unknown: number;
  /** Those that are down, and why. */
  readonly failing: readonly { readonly workload: string; readonly instance: string; readonly error: string }[];
}

/** What Prometheus reads its metrics from. */
export async function prometheusTargets(fetch: Fetch, prometheus: string): Promise<Asked<Targets>> {
  const asked = await askJson(fetch, `${prometheus}/api/v1/targets?state=active`);
  if ("problem" in asked) return asked;
  const { status, body } = asked.value;
  if (status !== 200) return { problem: `answers ${status}` };
  const targets = listWithin(body, "data", "activeTargets");
  const count = (health: string): number => targets.filter((target) => textWithin(target, "health") === health).length;
  return {
    value: {
      up: count("up"),
      down: count("down"),
      unknown: count("unknown"),
      failing: targets
        .filter((target) => textWithin(target, "health") === "down")
        .map((target) => ({
          workload: textWithin(target, "labels", "workload") || textWithin(target, "labels", "job"),
          instance: textWithin(target, "labels", "instance"),
          error: textWithin(target, "lastError"),
        })),
    },
  };
}
