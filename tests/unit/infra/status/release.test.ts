import { expect, test } from "vitest";
import type { Release } from "../../../../services/base/traffic/release.ts";
import { statusReport } from "../../../../infra/status/report.ts";
import { statusScreen } from "../../../../infra/status/screen.ts";
import { containerOf } from "../../../support/containers.ts";
import { testStack } from "../../../support/platform-models.ts";

const release: Release = { id: "1", from: "blue", to: "green", state: "running", step: 7, steps: 21, startedAt: "2026-01-31T11:00:00Z" };

function releaseLine(changes: Partial<Release>, green = 0): string | undefined {
  const weights = { gateway: { blue: 100 - green, green } };
  const report = statusReport({
    environment: "t",
    engine: "compose",
    containers: testStack("blue").containers.map((spec) => containerOf(spec)),
    expected: [],
    traffic: { value: { version: 3, at: "2026-01-31T11:00:00Z", by: "me", reason: "why", weights, release: { ...release, ...changes } } },
    usage: undefined,
    alerts: [],
    apiUrl: "http://localhost:8000/health",
    api: { value: "ok" },
    urls: [],
  });
  return statusScreen(report, { colours: false, nowMs: Date.parse("2026-01-31T12:00:00Z") }).find((line) => line.startsWith("Release"));
}

test.each<readonly [Partial<Release>, string | undefined]>([
  [{}, "Release       blue to green [#######-------------] step 7 of 21, begun 1h00m ago"],
  [{ state: "watching", watchUntil: "2026-01-31T12:10:00Z" }, "Release       green has all requests, under watch for another 10m; back to blue: ./astra rollback -e t"],
  [{ state: "watching", watchUntil: "2026-01-31T12:00:00Z" }, "Release       green has all requests, no longer under watch; back to blue: ./astra rollback -e t"],
  [{ frozen: "nft 10 % failed" }, "Release       FROZEN at step 7 of 21, blue to green: nft 10 % failed"],
  [{ state: "reverted" }, "Release       green was taken back, blue serves"],
  [{ state: "ended", watchUntil: "2026-01-31T12:10:00Z" }, undefined],
])("status shows a release that is %j (R-DEP-3)", (changes, line) => {
  expect(releaseLine(changes)).toBe(line);
});

test("status says of a release that was taken back and brought forward again that nothing watches it (R-DEP-3)", () => {
  expect(releaseLine({ state: "reverted" }, 100)).toBe("Release       green was taken back and brought forward again; nothing watches it");
});
