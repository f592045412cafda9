import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { environmentContainers, type Container } from "../../infra/host/containers.ts";
import type { Colour } from "../../infra/platform/workload.ts";
import type { TrafficTable } from "../../services/base/traffic/table.ts";
import { waitFor } from "../support/wait-for.ts";
import { astra, astraOk, startAstra } from "./astra.ts";
import { watchEnds } from "../support/watch-ends.ts";
import { withSteadyRequests } from "./steady-requests.ts";

export interface RobustnessPlace {
  readonly environment: string;
  readonly portOffset: number;
}

/** A request trickles its body for so long: it is under way when everything stops, some seconds after the command begins. */
const LONG_MS = 8_000;
const UNDER_WAY_MS = 500;

async function ofColour(environment: string, colour: Colour): Promise<readonly Container[]> {
  return (await environmentContainers(environment)).filter((container) => container.colour === colour);
}

/** A deployment of green is killed as it goes on, while blue serves; whoever comes next deploys green with the same command. */
export function killedUpTest({ environment, portOffset }: RobustnessPlace, up: readonly string[]): void {
  test("is not harmed by kill -9 of a deployment, at several moments (R-DEP-2)", async () => {
    const before = (await ofColour(environment, "blue")).map(({ id }) => id);
    const { failed } = await withSteadyRequests(`http://127.0.0.1:${8000 + portOffset}`, async () => {
      for (const moment of ["migrate", "nft"]) {
        const running = startAstra(["up", "--environment", environment, ...up]);
        await waitFor(`a container of green's ${moment}`, async () => ((await ofColour(environment, "green")).some(({ workload }) => workload === moment) ? true : undefined), 300_000);
        running.kill();
        await running.ended;
      }
    });
    expect(failed).toEqual([]);
    expect((await ofColour(environment, "blue")).map(({ id }) => id)).toEqual(before);
  });
}

/** A rollout is killed in the middle and finished by the same command, and taken back. Blue serves before and after. */
export function killedRolloutTest({ environment, portOffset }: RobustnessPlace): void {
  const here = ["--environment", environment];
  const green = async (): Promise<readonly number[]> => {
    const { traffic } = JSON.parse((await astra("status", ...here, "--json")).output) as { readonly traffic: TrafficTable | null };
    return Object.values(traffic?.weights ?? {}).map((weights) => weights.green);
  };

  test("finishes a rollout that was killed with kill -9, by the same command (R-DEP-3)", async () => {
    const rollout = ["rollout", "green", ...here, "--weights", "100", "--step-seconds", "2", "--skip-judgement"];
    const { failed } = await withSteadyRequests(`http://127.0.0.1:${8000 + portOffset}`, async () => {
      const running = startAstra(rollout);
      await running.says("nft 100 % to green");
      running.kill();
      await running.ended;
      expect(await green()).toContain(0);
      expect(await astraOk(...rollout)).toContain("Goes on with the rollout");
      expect(await green()).toEqual(Array.from({ length: 7 }, () => 100));
      await astraOk("rollback", ...here);
      expect(await green()).toEqual(Array.from({ length: 7 }, () => 0));
    });
    expect(failed).toEqual([]);
  });
}

/** A release that cannot start is deployed beside green, which serves. It stays there, broken. */
export function crashTest({ environment, portOffset }: RobustnessPlace): void {
  test("tells within seconds why a broken release does not start, while the other colour serves untouched (R-DEP-2)", async () => {
    const before = await ofColour(environment, "green");
    let toldMs = 0;
    let output = "";
    const ends = await watchEnds(environment, async () => {
      const { failed } = await withSteadyRequests(`http://127.0.0.1:${8000 + portOffset}`, async () => {
        // Too little for Node.js to start in.
        const broken = startAstra(["up", "--environment", environment, "--config", "version=third", "--config", "resources.nft.memoryMb=32"]);
        await broken.says("does not start: it ended");
        toldMs = Date.now();
        const ended = await broken.ended;
        expect(ended.code).toBe(1);
        output = ended.output;
      });
      expect(failed).toEqual([]);
    });
    expect(output).toMatch(/astra-\S+-blue-nft-1 does not start: it ended.*exit code \d+\. Its last 20 log lines:/);
    const first = ends.find(({ name }) => name === `astra-${environment}-blue-nft-1`);
    console.log(`a release that crashes at its start: told ${((toldMs - (first?.atMs ?? Number.NaN)) / 1000).toFixed(1)} s after its first end`);
    expect(first).toBeDefined();
    const untouched = ({ id, restarts, state }: Container) => ({ id, restarts, state });
    expect((await ofColour(environment, "green")).map(untouched)).toEqual(before.map(untouched));
  });
}

/** A request whose body comes slowly. */
async function longRequest(edge: string): Promise<number> {
  const body = JSON.stringify({ text: "written while everything stops" });
  return await new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)), "x-user-id": "123" };
    const call = request(`${edge}/api/v1/social/posts`, { method: "POST", headers }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode ?? 0));
    });
    call.on("error", reject);
    call.write(body.slice(0, 10));
    void sleep(LONG_MS).then(() => call.end(body.slice(10)));
  });
}

/** Stops everything, and leaves its data. Containers that do not run, or have never become well, are removed before. */
export function stopTest({ environment, portOffset }: RobustnessPlace): void {
  test("finishes the request under way when everything stops, and every process of ours and both stores end with 0 (R-SVC-2, R-DEP-4)", async () => {
    const running = new Set((await environmentContainers(environment)).filter(({ state, restarts }) => state === "running" && restarts === 0).map(({ name }) => name));
    let answer: Promise<number> = Promise.resolve(0);
    const ends = await watchEnds(environment, async () => {
      answer = longRequest(`http://127.0.0.1:${8000 + portOffset}`);
      await sleep(UNDER_WAY_MS);
      await astraOk("down", "--environment", environment);
    });
    expect(await answer).toBe(201);
    const own = ends.filter(({ name }) => running.has(name));
    expect(own.map(({ name }) => name).sort()).toEqual([...running].sort());
    // The exporters are other people's, and simply end by the signal.
    expect(own.filter(({ name, exitCode }) => exitCode !== 0 && !name.includes("-exporter-"))).toEqual([]);
  });
}
