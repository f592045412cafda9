import { expect, test } from "vitest";
import { requirePolicy } from "../../../../infra/cli/policy.ts";
import { Progress } from "../../../../infra/cli/progress.ts";
import { environmentConfig } from "../../../../infra/engine/model.ts";
import { testImages } from "../../../support/platform-models.ts";

const GIB = 1024 ** 3;
const facts = { startInterval: true, grafana: false, dockerSocketGid: 998 };

/** Lets a deployment pass, or not, and gives what was printed. */
async function printed(overrides: Readonly<Record<string, string>>, memoryBytes: number | undefined, images = testImages): Promise<string> {
  let text = "";
  const progress = new Progress({ write: (part) => (text += part) }, () => 0);
  await requirePolicy(environmentConfig("dev", overrides), facts, images, progress, () => Promise.resolve(memoryBytes));
  return text;
}

test("what keeps every rule is deployed, and said in one line", async () => {
  expect(await printed({}, 16 * GIB)).toBe("ok       0.0 s  policy\n");
  expect(await printed({}, undefined)).toBe("ok       0.0 s  policy\n");
});

test("limits that add up to more than the machine has are a warning", async () => {
  expect((await printed({}, 4 * GIB)).split("\n")[1]).toBe(
    "Warning: memory-budget: With both colours up, limits add up to 10880 MiB, and the machine has 4096 MiB. " +
      "Fix: lower astratrade:resources.<workload>.memoryMb, or use a larger machine.",
  );
});

test("what breaks a rule is refused before anything is changed, with every rule that it breaks", async () => {
  const images = { ...testImages, redis: "redis:latest" };
  await expect(printed({ "resources.postgres.memoryMb": "20480" }, 16 * GIB, images)).rejects.toThrow(
    [
      "Nothing was changed: this breaks rules of infra/policy.",
      '  pinned-image: astra-dev-redis-1 runs image "redis:latest", whose name does not fix its content. Fix: name the image by <name>:<hash of its content> or <name>@sha256:<digest>.',
      "  memory-budget: astra-dev-postgres-1 may take 20480 MiB, and the machine has 16384 MiB: the limit limits nothing. Fix: lower astratrade:resources.<workload>.memoryMb, or use a larger machine.",
    ].join("\n"),
  );
});
