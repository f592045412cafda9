import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Engine } from "../../../../infra/engine/engine.ts";
import { keepingLogsOf } from "../../../../infra/engine/keep-logs.ts";
import { environmentConfig } from "../../../../infra/engine/model.ts";
import { dockerOrFail } from "../../../../infra/host/docker.ts";
import { environmentFolder } from "../../../../infra/host/paths.ts";
import { keptLogs, linesOfKept } from "../../../../infra/logs/removed.ts";
import { LABELS } from "../../../../infra/platform/labels.ts";
import { removeContainer, startContainer } from "../../../support/docker.ts";
import { stores } from "../../../support/stores.ts";

const ENVIRONMENT = `logs-${randomBytes(3).toString("hex")}`;
const NAME = `astra-${ENVIRONMENT}-green-nft-1`;
const target = environmentConfig(ENVIRONMENT, {}).targets.green;

describe("an engine that removes a colour, on real Docker (R-DEP-6)", () => {
  let id = "";
  beforeAll(async () => {
    const labels = { [LABELS.environment]: ENVIRONMENT, [LABELS.workload]: "nft", [LABELS.colour]: "green" };
    const script = 'trap "echo going; exit 0" TERM; echo standing; while true; do sleep 0.1; done';
    id = await startContainer([
      ...["--name", NAME, "--network=none", "--entrypoint=bash"],
      ...Object.entries(labels).flatMap(([key, value]) => ["--label", `${key}=${value}`]),
      ...[stores().images.redis, "-c", script],
    ]);
  });
  afterAll(async () => {
    await removeContainer(id).catch(() => undefined);
    await rm(environmentFolder(ENVIRONMENT), { recursive: true, force: true });
  });

  test("leaves all that its containers said, until their very end", async () => {
    const engine: Engine = {
      name: "compose",
      deploy: () => Promise.reject(new Error("not asked")),
      purge: () => Promise.reject(new Error("not asked")),
      remove: async () => {
        await dockerOrFail(["stop", NAME], { deadlineMs: 60_000 });
        await dockerOrFail(["rm", "--force", NAME], { deadlineMs: 60_000 });
      },
    };
    await keepingLogsOf(engine).remove(target, () => undefined);
    const [kept, ...others] = await keptLogs(ENVIRONMENT, Date.now());
    expect(others).toEqual([]);
    expect(kept?.container).toMatchObject({ name: NAME, workload: "nft", colour: "green" });
    const lines: string[] = [];
    for await (const line of linesOfKept(kept?.file ?? "", undefined)) lines.push(line);
    expect(lines.map((line) => line.split(" ")[1])).toEqual(["standing", "going"]);
  });
});
