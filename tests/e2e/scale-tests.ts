import { expect, test } from "vitest";
import type { HistoryEntry } from "../../infra/history/entry.ts";
import { environmentContainers } from "../../infra/host/containers.ts";
import { meanwhile } from "../support/meanwhile.ts";
import { waitFor } from "../support/wait-for.ts";
import { astra, astraOk, startAstra } from "./astra.ts";
import { watchEnds } from "../support/watch-ends.ts";
import { underMixedLoad } from "./mixed-load.ts";

const PER_SECOND = 100;

interface Registry {
  readonly services: readonly { readonly service: string; readonly instances: readonly { readonly instance: string; readonly state: string }[] }[];
  readonly gateways: Registry["services"][number]["instances"];
}

interface Samples {
  readonly data: { readonly result: readonly { readonly metric: { readonly instance: string }; readonly value: readonly [number, string] }[] };
}

/** More and fewer instances of a platform on which blue alone runs; afterwards it is as before. */
export function scaleTests({ environment, portOffset }: { readonly environment: string; readonly portOffset: number }): void {
  const here = ["--environment", environment];
  const edge = `http://127.0.0.1:${8000 + portOffset}`;
  const second = (service: string): string => `astra-${environment}-blue-${service}-2`;
  const names = async (): Promise<readonly string[]> => (await environmentContainers(environment)).map(({ name }) => name);

  /** Instances that take requests, as a gateway sees them. */
  const registered = async (service: string): Promise<number> => {
    const { services, gateways } = (await (await fetch(`${edge}/services`)).json()) as Registry;
    const instances = service === "gateway" ? gateways : (services.find((one) => one.service === service)?.instances ?? []);
    return instances.filter(({ state }) => state === "up").length;
  };

  /** Instances of a service that have answered requests, as Prometheus counts them. */
  const answering = async (service: string): Promise<number> => {
    const query = `sum by (instance) (http_request_duration_seconds_count{workload="${service}",colour="blue",route=~"/api/.*"}) > 0`;
    const response = await fetch(`http://127.0.0.1:${9090 + portOffset}/api/v1/query?query=${encodeURIComponent(query)}`);
    return ((await response.json()) as Samples).data.result.length;
  };

  /** Seconds from the start of a second instance's process until it is registered, of those that come while something else happens. */
  const registrationsDuring = async (during: () => Promise<void>): Promise<string> => {
    const seenMs = new Map<string, number>();
    const look = async (): Promise<void> => {
      for (const service of ["nft", "gateway"]) if (!seenMs.has(service) && (await registered(service)) >= 2) seenMs.set(service, Date.now());
    };
    await meanwhile(50, look, during);
    const started = new Map((await environmentContainers(environment)).map((container) => [container.name, Date.parse(container.startedAt)]));
    return [...seenMs].map(([service, ms]) => `${service} ${((ms - (started.get(second(service)) ?? Number.NaN)) / 1000).toFixed(1)} s`).join(", ");
  };

  test("refuses to scale what it cannot, and says what it takes (R-DEP-6)", async () => {
    const before = await names();
    const unknown = await astra("scale", "usr=2", ...here);
    expect(unknown).toMatchObject({ code: 2, output: expect.stringContaining("Did you mean user?") as string });
    const many = await astra("scale", "user=4", ...here);
    expect(many).toMatchObject({ code: 1, output: expect.stringMatching(/Nothing was changed: PostgreSQL takes 250 connections.*A colour has room for 7 instances/) as string });
    expect(await names()).toEqual(before);
  });

  test("scales a service and the gateway up and down under load, without a failed request (R-DEP-6)", async () => {
    const ends = await watchEnds(environment, async () => {
      const { failed, sent } = await underMixedLoad(edge, PER_SECOND, async () => {
        const times = await registrationsDuring(async () => {
          // Killed as soon as it has begun; the same command finishes it.
          const killed = startAstra(["scale", "nft=2", "gateway=2", ...here]);
          await waitFor("a second instance", async () => ((await names()).includes(second("nft")) ? true : undefined), 120_000);
          killed.kill();
          await killed.ended;
          expect(await astraOk("scale", "nft=2", "gateway=2", ...here)).toContain("blue: registered, and balanced from now on");
          // On a busy machine the agent may just be starting one of them again.
          for (const service of ["nft", "gateway"])
            await waitFor(`two registered instances of ${service}`, async () => ((await registered(service)) === 2 ? true : undefined), 60_000);
        });
        console.log(`second instances under ${PER_SECOND} requests a second, registered after the start of their process: ${times}`);
        for (const service of ["nft", "gateway"])
          await waitFor(`requests to both instances of ${service}`, async () => ((await answering(service)) >= 2 ? true : undefined), 60_000);
        const { containers } = JSON.parse((await astra("status", ...here, "--json")).output) as { readonly containers: readonly { readonly name: string; readonly health: string }[] };
        expect(containers.map(({ name }) => name)).toEqual(expect.arrayContaining([second("nft"), second("gateway")]));

        expect(await astraOk("up", ...here)).toContain("blue ready: unchanged");

        await astraOk("scale", "nft=1", "gateway=1", ...here);
        expect([await registered("nft"), await registered("gateway")]).toEqual([1, 1]);
      });
      expect(failed).toEqual([]);
      expect(sent).toBeGreaterThan(100);
    });
    // On a busy machine the agent may have restarted them, or another one: what counts is how each ended at last.
    const lastEnds = Object.fromEntries(ends.filter(({ name }) => name.endsWith("-2")).map(({ name, exitCode }) => [name, exitCode]));
    expect(lastEnds).toEqual({ [second("gateway")]: 0, [second("nft")]: 0 });
    expect(await names()).not.toContain(second("nft"));
    const history = JSON.parse(await astraOk("history", ...here, "--json")) as readonly HistoryEntry[];
    const scalings = history.filter(({ kind }) => kind === "scale").map(({ outcome, detail }) => `${outcome}: ${detail ?? ""}`);
    expect(scalings.at(-1)).toBe("ok: blue: nft 2 -> 1, gateway 2 -> 1");
    expect(scalings.some((line) => line.startsWith("interrupted: "))).toBe(true);
  });
}
