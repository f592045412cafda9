import { describe, expect, test } from "vitest";
import { waitUntilReady, type ReadinessHost } from "../../../../infra/engine/readiness.ts";
import type { Container } from "../../../../infra/host/containers.ts";
import { containerOf } from "../../../support/containers.ts";
import { testStack } from "../../../support/platform-models.ts";

const blue = testStack("blue");
const specs = blue.containers.filter((spec) => ["trading", "user"].includes(spec.workload));
const job = blue.containers.filter((spec) => spec.oneShot);

/** A machine that is whatever `containers` and `ready` say at a time in ms; sleeping moves the time. */
function machine(at: {
  readonly containers: (ms: number) => readonly Container[];
  readonly ready?: (container: string, ms: number) => boolean;
}): ReadinessHost & { readonly asked: string[] } {
  let ms = 0;
  const asked: string[] = [];
  return {
    asked,
    inspect: async (names) => await Promise.resolve(at.containers(ms).filter((c) => names.includes(c.name))),
    probe: async (container, probe) => {
      asked.push(probe.type === "http" ? probe.path : probe.command.join(" "));
      return await Promise.resolve(at.ready?.(container, ms) ?? true);
    },
    lastExitCode: async () => await Promise.resolve(3),
    logs: async (container, lines) => await Promise.resolve(`${lines} lines of ${container}`),
    now: () => ms,
    sleep: async (duration) => {
      ms += duration;
      await Promise.resolve();
    },
  };
}

const running = (list = specs) => list.map((spec) => containerOf(spec));
const request = { specs, workloads: blue.workloads, before: [], deadlineMs: 30_000, onReady: () => undefined };

describe("waitUntilReady (R-DEP-4)", () => {
  test("waits for readiness, not for liveness, and reports each container as it comes", async () => {
    const reported: [string, number][] = [];
    const host = machine({
      containers: () => running(),
      ready: (name, ms) => ms >= (name.includes("user") ? 800 : 2_000),
    });
    await waitUntilReady({ ...request, onReady: (spec, ms) => reported.push([spec.workload, ms]) }, host);
    expect(reported).toEqual([
      ["user", 800],
      ["trading", 2_000],
    ]);
    expect(new Set(host.asked)).toEqual(new Set(["/health/ready"]));
  });

  test("tells of a container that dies at start within 10 s, with exit code and last 20 log lines", async () => {
    const host = machine({
      containers: (ms) =>
        specs.map((spec) =>
          containerOf(spec, spec.workload === "trading" && ms >= 1_000 ? { state: "exited", exitCode: 3 } : {}),
        ),
      ready: () => false,
    });
    await expect(waitUntilReady(request, host)).rejects.toThrow(
      "astra-dev-blue-trading-1 does not start: it ended, last with exit code 3. Its last 20 log lines:\n20 lines of astra-dev-blue-trading-1",
    );
    expect(host.now()).toBeLessThan(10_000);
  });

  test("tells of a container that Docker keeps starting again", async () => {
    const host = machine({
      containers: () => specs.map((spec) => containerOf(spec, { state: "restarting", restarts: 1, exitCode: 1 })),
    });
    await expect(waitUntilReady(request, host)).rejects.toThrow("it ended and was started again 1 times, last with exit code 3.");
  });

  test("does not blame a container for restarts from before the deployment", async () => {
    const before = specs.map((spec) => containerOf(spec, { restarts: 4 }));
    const host = machine({ containers: () => before });
    await expect(waitUntilReady({ ...request, before }, host)).resolves.toBeUndefined();
  });

  test("counts restarts of a container that replaced another from zero", async () => {
    const before = specs.map((spec) => containerOf(spec, { id: "old", restarts: 4 }));
    const host = machine({ containers: () => specs.map((spec) => containerOf(spec, { restarts: 1 })) });
    await expect(waitUntilReady({ ...request, before }, host)).rejects.toThrow("was started again 1 times");
  });

  test("never waits for ever", async () => {
    const host = machine({ containers: () => running(), ready: (name) => name.includes("user") });
    await expect(waitUntilReady(request, host)).rejects.toThrow("astra-dev-blue-trading-1 does not start: it is not ready after 30 s");
  });

  test("takes a one-shot job that has ended well, and tells of one that has not", async () => {
    const ended = machine({ containers: () => running(job) });
    await expect(waitUntilReady({ ...request, specs: job }, ended)).resolves.toBeUndefined();
    expect(ended.asked).toEqual([]);
    const failed = machine({ containers: () => job.map((spec) => containerOf(spec, { exitCode: 1 })) });
    await expect(waitUntilReady({ ...request, specs: job }, failed)).rejects.toThrow("migrate-1 does not start: it ended, last with exit code 3.");
  });

  test("tells of a container that is not there at all", async () => {
    await expect(waitUntilReady(request, machine({ containers: () => [] }))).rejects.toThrow("it is not there");
  });
});
