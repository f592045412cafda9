import { expect, test } from "vitest";
import { waitFor } from "../support/wait-for.ts";
import { astraOk, startAstra } from "./astra.ts";

interface Dashboard {
  readonly kpis: readonly { readonly name: string; readonly value: string | number }[];
}

/** Players on a platform that runs: what they do, and what the company sees of it. */
export function simulateTests({ environment, portOffset }: { readonly environment: string; readonly portOffset: number }): void {
  const here = ["--environment", environment];
  const kpis = async (): Promise<ReadonlyMap<string, number>> => {
    const response = await fetch(`http://127.0.0.1:${8000 + portOffset}/dashboard`, { headers: { accept: "application/json" } });
    const { kpis: all } = (await response.json()) as Dashboard;
    return new Map(all.map(({ name, value }) => [name, Number(value)]));
  };

  test("lets lifelike players use all of it without a failed request, and the business figures move (R-SVC-1, R-GW-1)", async () => {
    const before = await kpis();
    const output = await astraOk("simulate", ...here, "--users", "20", "--rate", "30", "--seconds", "10", "--seed", "7");
    expect(output).toMatch(/ of 20 users registered, 0 failed\.\n/);
    for (const action of ["register", "trade", "feed", "prices"]) expect(output).toMatch(new RegExp(`^${action} +[1-9]`, "m"));
    for (const name of ["new_registrations", "traded_volume", "revenue"]) {
      const after = await waitFor(`a higher ${name}`, async () => {
        const value = (await kpis()).get(name) ?? 0;
        return value > (before.get(name) ?? 0) ? value : undefined;
      }, 60_000);
      expect(after).toBeGreaterThan(0);
    }
  });

  test("ends a simulation at Ctrl-C with its summary", async () => {
    const running = startAstra(["simulate", ...here, "--users", "5", "--rate", "5", "--seconds", "600"]);
    await running.says("requests/s  p50");
    running.interrupt();
    const { code, output } = await running.ended;
    expect(output).toMatch(/^all +[1-9]/m);
    expect(code).toBe(0);
  });
}
