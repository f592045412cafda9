import { expect, test } from "vitest";
import type { ActiveAlert } from "../../../../infra/monitoring/alerts.ts";
import { waitForEarlierAlerts } from "../../../../infra/rollout/earlier-alerts.ts";

const alert = (name: string, labels: Readonly<Record<string, string>>): ActiveAlert => ({ name, severity: "critical", state: "pending", since: "", summary: "", description: "", runbook: "", labels });
const own = alert("ColourErrorsWorse", { action: "rollback", colour: "green", workload: "nft" });
const others = [alert("ColourErrorsWorse", { action: "rollback", colour: "blue" }), alert("IdleColourRunning", { colour: "green" })];

/** Alerts that end at a time. */
function world(endsAtMs: number) {
  const state = { nowMs: 0 };
  const host = {
    alerts: async () => await Promise.resolve(state.nowMs < endsAtMs ? [own, own, ...others] : others),
    now: () => state.nowMs,
    sleep: async (ms: number) => {
      state.nowMs += ms;
      await Promise.resolve();
    },
  };
  return { state, host };
}

test("a rollout waits until alerts of the colour's last release are over (R-DEP-3)", async () => {
  const { state, host } = world(60_000);
  const said: string[] = [];
  expect(await waitForEarlierAlerts(host, "green", (line) => said.push(line))).toEqual([]);
  expect(state.nowMs).toBe(60_000);
  expect(said[0]).toBe("ColourErrorsWorse: of the release before, whose errors are still counted");
});

test("a rollout begins at once where no alert of its colour stands, and where nobody says", async () => {
  const { state, host } = world(0);
  expect(await waitForEarlierAlerts(host, "green", () => undefined)).toEqual([]);
  expect(await waitForEarlierAlerts({ ...host, alerts: async () => await Promise.resolve(undefined) }, "green", () => undefined)).toEqual([]);
  expect(state.nowMs).toBe(0);
});

test("an alert that stays is named after three minutes", async () => {
  const { state, host } = world(Number.POSITIVE_INFINITY);
  expect(await waitForEarlierAlerts(host, "green", () => undefined)).toEqual(["ColourErrorsWorse"]);
  expect(state.nowMs).toBe(180_000);
});
