import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PROJECT_ROOT } from "../../../../infra/host/paths.ts";
import { imagePlan, imageReferences } from "../../../../infra/images/plan.ts";
import { images } from "../../../../infra/platform/images.ts";

/** A checkout of its own with the real recipes and one small service. */
async function checkout(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "astra-checkout-"));
  for (const folder of ["images", "alerts/_gen", "dashboards/_gen"]) await cp(join(PROJECT_ROOT, folder), join(root, folder), { recursive: true });
  await symlink(join(PROJECT_ROOT, "node_modules"), join(root, "node_modules"));
  await mkdir(join(root, "services", "user"), { recursive: true });
  await writeFile(join(root, "services", "user", "main.ts"), 'import { pino } from "pino";\nimport pg from "pg";\npino().info(typeof pg.Pool);\n');
  return root;
}

describe("the image plan", () => {
  const names = ["service-user", "redis", "grafana"];
  let root: string;
  beforeEach(async () => {
    root = await checkout();
  });
  afterEach(async () => {
    await rm(root, { recursive: true });
  });

  it("gives the same references and bundles in two checkouts (R-DEP-5)", async () => {
    const other = await checkout();
    try {
      const [first, second] = [await imagePlan(root, { names }), await imagePlan(other, { names })];
      expect(imageReferences(first)).toEqual(imageReferences(second));
      const bundleOf = async (folder: string): Promise<Buffer> => await readFile(join(folder, ".astra/build/service-user/main.js"));
      expect(await bundleOf(root)).toEqual(await bundleOf(other));
    } finally {
      await rm(other, { recursive: true });
    }
  });

  it("gives a service a new tag when its code changes, and leaves other images alone", async () => {
    const before = imageReferences(await imagePlan(root, { names }));
    await writeFile(join(root, "services", "user", "main.ts"), "console.log('other');\n");
    const after = imageReferences(await imagePlan(root, { names }));
    expect(after["service-user"]).not.toBe(before["service-user"]);
    expect(after["redis"]).toBe(before["redis"]);
  });

  it("gives only the job that writes configuration a new tag when a rule, a dashboard or a setting of the edge changes (R-MON-1, R-DEP-2)", async () => {
    const names = ["configure", "edge", "prometheus", "grafana", "alertmanager"];
    let before = imageReferences(await imagePlan(root, { names }));
    for (const file of ["alerts/_gen/rules/gateway.yml", "dashboards/_gen/other.json", "images/configure/haproxy.cfg", "images/configure/alertmanager.yml"]) {
      await writeFile(join(root, file), "{}\n");
      const after = imageReferences(await imagePlan(root, { names }));
      expect(Object.keys(after).filter((name) => after[name] !== before[name]), file).toEqual(["configure"]);
      before = after;
    }
  });

  it("gives every image a new tag when the base changes", async () => {
    const before = imageReferences(await imagePlan(root, { names: ["service-user", "redis"] }));
    const file = join(root, "images", "versions.json");
    await writeFile(file, (await readFile(file, "utf8")).replace('"revision": 1', '"revision": 2'));
    const after = imageReferences(await imagePlan(root, { names: ["service-user", "redis"] }));
    for (const [name, reference] of Object.entries(after)) expect(reference).not.toBe(before[name]);
  });

  it("gives a service the same reference whatever is planned beside it", async () => {
    await mkdir(join(root, "services", "nft"));
    await cp(join(root, "services", "user", "main.ts"), join(root, "services", "nft", "main.ts"));
    const alone = imageReferences(await imagePlan(root, { names: ["service-user"] }));
    const both = imageReferences(await imagePlan(root, { names: ["service-nft", "service-user"] }));
    expect(both["service-user"]).toBe(alone["service-user"]);
  });

  it("puts no node_modules into a context, only the bundle", async () => {
    const [user] = await imagePlan(root, { names: ["service-user"] });
    expect(user?.buildArgs["NODE"]).toMatch(/^astratrade\/node:[0-9a-f]{12}$/);
    expect(user?.reference.endsWith(user.buildArgs["ASTRATRADE_VERSION"] ?? "none")).toBe(true);
    const bundle = await readFile(join(user?.context ?? "", "main.js"), "utf8");
    expect(bundle).not.toContain(root);
  });

  it("names the file and the place when a service does not bundle", async () => {
    await writeFile(join(root, "services", "user", "main.ts"), 'import { x } from "./missing.ts";\nx();\n');
    await expect(imagePlan(root, { names: ["service-user"] })).rejects.toThrow(
      /missing\.ts[\s\S]*services\/user\/main\.ts/,
    );
  });
});

it("has a recipe with a non-root user and a version label for every image (R-DEP-5)", async () => {
  for (const image of images) {
    const dockerfile = await readFile(join(PROJECT_ROOT, "images", image.recipe, "Dockerfile"), "utf8");
    expect(dockerfile.match(/^USER .*$/gm)?.at(-1), image.name).toBe("USER 1000:1000");
    expect(dockerfile, image.name).toContain("org.opencontainers.image.version=${ASTRATRADE_VERSION}");
  }
});
