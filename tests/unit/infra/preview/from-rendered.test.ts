import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { stackComposeYaml } from "../../../../infra/compose/compose-engine.ts";
import { environmentConfig, STACKS } from "../../../../infra/engine/model.ts";
import { stackYaml } from "../../../../infra/kubernetes/render.ts";
import { checkPlatform } from "../../../../infra/policy/check.ts";
import { compareRendered, readRendered, renderedPlatform, type Rendered } from "../../../../infra/preview/from-rendered.ts";
import { previewMarkdown } from "../../../../infra/preview/markdown.ts";
import { counts, critical } from "../../../../infra/preview/preview.ts";
import { testImages, testStack } from "../../../support/platform-models.ts";

/** What `render` writes, for both targets. */
function rendered(overrides: Readonly<Record<string, string>> = {}): Rendered {
  const cluster = environmentConfig("dev", { ...overrides, target: "kubernetes" });
  return new Map([
    ...STACKS.map((stack) => [`compose.${stack}.yaml`, stackComposeYaml(testStack(stack, overrides))] as const),
    ...STACKS.map((stack) => [`kubernetes.${stack}.yaml`, stackYaml(cluster.targets[stack], testImages, true)] as const),
  ]);
}

const base = rendered();

describe("a comparison of two rendered checkouts", () => {
  test("finds nothing between two equal ones", () => {
    const preview = compareRendered(base, rendered());
    expect(preview.items).toEqual([]);
    expect(preview.unchanged).toBeGreaterThan(100);
    expect(previewMarkdown(preview, [])).toMatch(/^### Preview: no changes\n/);
  });

  test("judges the files by the rules", () => {
    expect(checkPlatform(renderedPlatform(base))).toEqual([]);
    const moved = STACKS.map((stack) => [`compose.${stack}.yaml`, stackComposeYaml(testStack(stack, { portOffset: "1000" }))] as const);
    expect(checkPlatform(renderedPlatform(new Map(moved)))).toEqual([]);
    const open = new Map([...base].map(([name, text]) => [name, text.replaceAll("127.0.0.1:6379", "0.0.0.0:6379")]));
    expect(checkPlatform(renderedPlatform(open)).map((violation) => violation.rule)).toEqual(["published-ports"]);
  });

  test("begins with the counts, then what touches data, then every field of both targets", () => {
    const text = previewMarkdown(compareRendered(base, rendered({ "resources.postgres.memoryMb": "768" })), []);
    const lines = text.split("\n");
    expect(lines[0]).toBe("### Preview: 1 to update, 1 to replace");
    expect(lines[4]).toMatch(/^\| 0 \| 1 \| 1 \| 0 \| \d+ \|$/);
    expect(lines[6]).toBe("**This touches data, or interrupts requests:**");
    expect(lines[7]).toMatch(/^- \*\*replace\*\* `astra-dev-postgres-1`: It stops and starts again on the same volume\./);
    expect(text).toContain("- **replace** `astra-dev-postgres-1`\n  - `memory: 512 MiB -> 768 MiB`");
    expect(text).toContain("- **update** object `StatefulSet postgres`");
    expect(text).toContain("`spec.template.spec.containers.0.resources.limits.memory: 512Mi -> 768Mi`");
  });

  test("lists a store that a cluster starts anew in place, and not one of which only a label changes", () => {
    const preview = compareRendered(base, rendered({ "resources.redis.memoryMb": "768" }));
    expect(critical(preview.items).map((item) => `${item.change} ${item.name}`)).toContain("update StatefulSet redis");
    const relabelled = new Map([...base].map(([name, text]) => [name, name === "kubernetes.foundation.yaml" ? text.replaceAll("storage: 8Gi", "storage: 9Gi") : text]));
    expect(critical(compareRendered(base, relabelled).items)).toEqual([]);
  });

  test("shows a job of another content as one that is replaced, not as two", () => {
    const other = new Map([...base].map(([name, text]) => [name, text.replaceAll("astratrade/service-migrate:0123456789ab", "astratrade/service-migrate:ba9876543210").replaceAll(/name: migrate-blue-[0-9a-f]{10}/g, "name: migrate-blue-aaaaaaaaaa")]));
    const jobs = compareRendered(base, other).items.filter((item) => item.name.startsWith("Job "));
    expect(jobs.map((item) => `${item.change} ${item.name}`)).toEqual(["replace Job migrate-blue", "update Job migrate-green"].map((text) => text.replace("update", "replace")));
  });

  test("tells what comes and what goes", () => {
    const preview = compareRendered(rendered({ "replicas.user": "2" }), base);
    expect(preview.items.filter((item) => item.change === "delete").map((item) => item.name)).toEqual([
      "astra-dev-blue-user-2",
      "astra-dev-green-user-2",
      "PodDisruptionBudget user-blue",
      "PodDisruptionBudget user-green",
    ]);
    const added = new Map([...base].filter(([name]) => name !== "compose.green.yaml"));
    expect(counts(compareRendered(added, base).items).create).toBe(8);
  });

  test("stays below what a comment may hold, and says how much it leaves out", () => {
    const many = Array.from({ length: 3000 }, (_, n) => ({
      stack: "blue",
      kind: "container" as const,
      name: `container-${n}`,
      workload: "redis",
      change: "replace" as const,
      keepsData: true,
      fields: [{ field: "environment X", from: "ä".repeat(50), to: "b".repeat(50) }],
    }));
    const text = previewMarkdown({ items: many, unchanged: 0 }, []);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(60_000);
    expect(text.split("\n")[0]).toBe("### Preview: 3000 to replace");
    expect(text).toMatch(/\.\.\. and \d+ more/);
    expect(text.trimEnd().endsWith("</details>")).toBe(true);
  });

  test("shows what a pull request wrote as code: it mentions nobody and closes nothing", () => {
    const hostile = "`x` @everyone </details> [link](https://example.com)\n# heading";
    const item = { stack: "blue", kind: "container" as const, name: "n", workload: "user", change: "replace" as const, keepsData: false };
    const text = previewMarkdown({ items: [{ ...item, fields: [{ field: "image", from: "a", to: hostile }] }], unchanged: 0 }, []);
    expect(text).toContain("  - `` image: a -> `x` @everyone </details> [link](https://example.com) # heading ``");
  });
});

test("a folder without rendered files is refused with the command that writes them", async () => {
  const folder = await mkdtemp(join(tmpdir(), "astra-rendered-"));
  try {
    await expect(readRendered(folder)).rejects.toThrow(`${folder} holds no rendered file. Write it first: ./astra render --out ${folder}`);
    await expect(readRendered(join(folder, "none"))).rejects.toThrow("cannot be read");
    await writeFile(join(folder, "compose.blue.yaml"), "services: {}\n");
    expect([...(await readRendered(folder)).keys()]).toEqual(["compose.blue.yaml"]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
