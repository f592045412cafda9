import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { DriftItem } from "../../infra/drift/drift.ts";
import { dockerOrFail } from "../../infra/host/docker.ts";
import { astra, astraOk } from "./astra.ts";
import { idsOf } from "./inspect.ts";

const DRIFT_FOUND = 3;
const MIB = 1024 * 1024;

/** What a hand does to a platform on which blue serves alone, how it is told and mended; afterwards it is as before. */
export function driftTests({ environment }: { readonly environment: string }): void {
  const here = ["--environment", environment];
  const name = (workload: string): string => `astra-${environment}-${workload}-1`;
  const [removed, stopped, redis, alertmanager, edge] = [name("blue-nft"), name("blue-social"), name("redis"), name("alertmanager"), name("edge")];
  const drift = async (): Promise<{ readonly code: number; readonly items: readonly DriftItem[] }> => {
    const { code, output } = await astra("drift", ...here, "--json");
    return { code, items: (JSON.parse(output) as { readonly items: readonly DriftItem[] }).items };
  };

  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "astra-reviewed-"));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  test("names what was changed by hand, and mends exactly that as it was reviewed (R-DEP-6)", async () => {
    const before = await idsOf(environment);
    await dockerOrFail(["rm", "--force", removed]);
    await dockerOrFail(["stop", stopped], { deadlineMs: 120_000 });
    // What a refresh of Pulumi would see and replace a container for, and what it would not see.
    await dockerOrFail(["update", "--memory", String(256 * MIB), "--memory-swap", String(256 * MIB), "--cpus", "0.25", redis]);
    await dockerOrFail(["network", "disconnect", `astra-${environment}`, alertmanager]);
    const { code, items } = await drift();
    expect(code).toBe(DRIFT_FOUND);
    expect(Object.fromEntries(items.map((item) => [item.name, `${item.problem}: ${item.mend}`]))).toEqual({
      [removed]: "missing: create",
      [stopped]: "stopped: start",
      [redis]: "changed: in place",
      [alertmanager]: "changed: in place",
    });
    expect(items.find((item) => item.name === redis)?.fields).toEqual([
      { field: "memory", expected: "512 MiB", found: "256 MiB" },
      { field: "cpus", expected: "0.5", found: "0.25" },
    ]);

    const reviewed = join(folder, "reviewed.json");
    await astraOk("preview", ...here, "--save", reviewed);
    const text = await readFile(reviewed, "utf8");
    for (const item of items) expect(text).toContain(`"name": "${item.name}"`);

    // Another hand, and other config, after it was reviewed.
    await dockerOrFail(["update", "--cpus", "0.4", edge]);
    const refused = await astra("up", ...here, "--reviewed", reviewed, "--config", "resources.prometheus.memoryMb=640");
    expect(refused.code).toBe(1);
    expect(refused.output).toContain("Nothing was changed: this is not what was reviewed.");
    expect(refused.output).toContain("foundation resources.prometheus.memoryMb: (none) -> 640");
    expect(refused.output).toContain(`container ${edge}: cpus: 0.5 -> 0.4`);
    await dockerOrFail(["update", "--cpus", "0.5", edge]);

    await astraOk("up", ...here, "--reviewed", reviewed);
    expect(await drift()).toEqual({ code: 0, items: [] });
    const after = await idsOf(environment);
    expect(after[removed]).not.toBe(before[removed]);
    expect({ ...after, [removed]: "" }).toEqual({ ...before, [removed]: "" });
    const limits = await dockerOrFail(["inspect", "--format", "{{.HostConfig.Memory}} {{.HostConfig.MemorySwap}} {{.HostConfig.NanoCpus}}", redis]);
    expect(limits.trim()).toBe(`${512 * MIB} ${512 * MIB} 500000000`);
  });
}
