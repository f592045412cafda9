import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { formOf } from "../../../../infra/platform/container-form.ts";
import { LABELS } from "../../../../infra/platform/labels.ts";
import { differenceText, reviewDifferences } from "../../../../infra/preview/reviewed.ts";
import { flatSettings, keptFields, keptValue, readSavedPreview, savedContainer, savedPreview, writeSavedPreview, type Decisive } from "../../../../infra/preview/saved.ts";
import { sourceHashes } from "../../../../infra/preview/sources.ts";
import { testStack } from "../../../support/platform-models.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "astra-reviewed-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** What decides a deployment of blue, with this config. */
function decisive(overrides: Readonly<Record<string, string>> = {}): Decisive {
  const models = [testStack("foundation", overrides), testStack("blue", overrides)];
  return {
    environment: "dev",
    engine: "compose",
    program: { commit: "abc", sources: { "infra/main.js": "1", "services/user/main.ts": "2" } },
    config: Object.assign({}, ...models.map(({ stack, settings }) => flatSettings(stack, settings))) as Record<string, string>,
    stacks: ["foundation", "blue"],
    images: { "service-user": { reference: "astratrade/service-user:aaa" }, redis: { reference: "astratrade/redis:bbb", id: "sha256:1" } },
    desired: Object.fromEntries(models.flatMap(({ containers }) => containers.map((spec) => [spec.name, { hash: spec.labels[LABELS.spec] ?? "", fields: keptFields(formOf(spec)) }]))),
    machine: { "container astra-dev-redis-1": { hash: "h", fields: { id: "1", state: "running" } }, "volume astra-dev-redis": { hash: "", fields: {} } },
  };
}

function told(now: Decisive): readonly string[] {
  return differenceText(reviewDifferences(decisive(), now)).split("\n");
}

describe("a reviewed preview (R-DEP-6)", () => {
  test("may be applied while everything that decides is the same", () => {
    expect(reviewDifferences(decisive(), decisive())).toEqual([]);
  });

  test("is refused for a program that has changed, with its files by name", () => {
    const now = decisive();
    expect(told({ ...now, program: { commit: "def", sources: { "infra/main.js": "1", "services/user/main.ts": "3", "services/user/new.ts": "4" } } })).toEqual([
      "program:",
      "  reviewed at commit abc, here is def",
      "  services/user/main.ts has changed",
      "  services/user/new.ts is new",
    ]);
    expect(reviewDifferences(now, { ...now, program: { ...now.program, commit: "def" } })).toEqual([]);
  });

  test("is refused for other config, with what that makes of the containers", () => {
    const text = told(decisive({ "resources.redis.memoryMb": "1024" }));
    expect(text).toEqual(expect.arrayContaining(["config:", "  foundation resources.redis.memoryMb: (none) -> 1024", "what shall be:", "  astra-dev-redis-1: memory: 512 MiB -> 1024 MiB"]));
  });

  test("is refused for images of other content; one that has been built since from the same is the same", () => {
    const now = decisive();
    const built = { ...now.images, "service-user": { reference: "astratrade/service-user:aaa", id: "sha256:9" } };
    expect(reviewDifferences(now, { ...now, images: built })).toEqual([]);
    expect(told({ ...now, images: { ...now.images, redis: { reference: "astratrade/redis:bbb", id: "sha256:2" } } })).toEqual([
      "images:",
      "  redis: astratrade/redis:bbb (sha256:1) -> astratrade/redis:bbb (sha256:2)",
    ]);
    expect(told({ ...now, images: { ...now.images, redis: { reference: "astratrade/redis:ccc" } } })).toEqual(["images:", "  redis: astratrade/redis:bbb -> astratrade/redis:ccc"]);
  });

  test("is refused for a machine that has changed: replaced, stopped, gone and new things by name", () => {
    const machine = { "container astra-dev-redis-1": { hash: "i", fields: { id: "2", state: "exited with 0" } }, "container astra-dev-edge-1": { hash: "e", fields: {} } };
    expect(told({ ...decisive(), machine })).toEqual([
      "the starting point:",
      "  container astra-dev-edge-1: not there when it was reviewed",
      "  container astra-dev-redis-1: id: 1 -> 2",
      "  container astra-dev-redis-1: state: running -> exited with 0",
      "  volume astra-dev-redis: gone since",
    ]);
    expect(told({ ...decisive(), machine: { ...decisive().machine, "container astra-dev-redis-1": { hash: "x", fields: { id: "1", state: "running" } } } })).toEqual([
      "the starting point:",
      "  container astra-dev-redis-1: differs in what is not shown",
    ]);
  });

  test("takes a container for the same in whatever order the engine tells its parts, and not with another environment", () => {
    const [spec] = testStack("foundation").containers;
    if (spec === undefined) throw new Error("no container");
    const form = formOf(spec);
    const saved = (one: typeof form) => savedContainer({ id: "1", state: "running", spec: "s" }, { imageId: "i", form: one });
    const other = { ...form, mounts: [...form.mounts].reverse(), environment: Object.fromEntries(Object.entries(form.environment).reverse()) };
    expect(saved(other)).toEqual(saved(form));
    const secret = saved({ ...form, environment: { ...form.environment, MY_PASSWORD: "one" } });
    expect(secret.hash).not.toBe(saved({ ...form, environment: { ...form.environment, MY_PASSWORD: "two" } }).hash);
    expect(secret.fields["environment MY_PASSWORD"]).toBe("(looks like a secret, not kept)");
  });

  test("is refused for another environment, engine or colour, and many differences are counted", () => {
    const sources = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`infra/${index}.ts`, "1"]));
    const text = told({ ...decisive(), environment: "live", engine: "pulumi", stacks: ["foundation", "green"], program: { commit: "abc", sources } });
    expect(text).toEqual(expect.arrayContaining(["environment:", "  dev -> live", "engine:", "  compose -> pulumi", "stacks to deploy:", "  foundation, blue -> foundation, green"]));
    expect(text).toContain("  and 10 more");
  });
});

describe("the file of a reviewed preview", () => {
  const about = { savedAt: "2026-01-01T00:00:00Z", savedBy: "ada@machine", items: [] };

  test("comes back as it was saved", async () => {
    const file = join(folder, "preview.json");
    const preview = savedPreview(decisive(), about);
    await writeSavedPreview(file, preview);
    expect(await readSavedPreview(file)).toEqual(preview);
  });

  test("is refused when somebody edited it, when it is something else, and when it is not there", async () => {
    const file = join(folder, "preview.json");
    await writeSavedPreview(file, savedPreview(decisive(), about));
    await writeFile(file, (await readFile(file, "utf8")).replace("aaa", "zzz"));
    await expect(readSavedPreview(file)).rejects.toThrow("was changed after it was saved");
    await writeFile(file, "{}");
    await expect(readSavedPreview(file)).rejects.toThrow("is no saved preview");
    await expect(readSavedPreview(join(folder, "none.json"))).rejects.toThrow("There is no file");
  });

  test("holds no secret: neither what is called one, nor what looks like one, nor keys in addresses", () => {
    const [spec] = testStack("blue").containers;
    if (spec === undefined) throw new Error("no container");
    const environment = { API_TOKEN: "hunter2", URL: "https://ada:hunter3@host/x", HOOK: "https://hooks.example/services/T0/B0/AbCdEfGhIjKlMnOpQrStUvWx", PLAIN: "http://prometheus:9090/metrics" };
    const text = JSON.stringify(keptFields({ ...formOf(spec), environment }));
    for (const secret of ["hunter2", "hunter3", "AbCdEfGh"]) expect(text).not.toContain(secret);
    expect(text).toContain("http://prometheus:9090/metrics");
    expect(keptValue("alertWebhook", environment.HOOK)).toBe("https://hooks.example/... (not kept whole)");
  });
});

test("sources are hashed by content; texts for people do not count", async () => {
  await mkdir(join(folder, "infra", "x"), { recursive: true });
  await writeFile(join(folder, "infra", "x", "a.ts"), "1");
  await writeFile(join(folder, "Pulumi.blue.yaml"), "1");
  const before = await sourceHashes(folder);
  expect(Object.keys(before)).toEqual(["Pulumi.blue.yaml", "infra/x/a.ts"]);
  await writeFile(join(folder, "infra", "x", "README.md"), "text");
  expect(await sourceHashes(folder)).toEqual(before);
  await writeFile(join(folder, "infra", "x", "a.ts"), "2");
  expect((await sourceHashes(folder))["infra/x/a.ts"]).not.toBe(before["infra/x/a.ts"]);
});
