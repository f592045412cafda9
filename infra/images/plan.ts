import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { PROJECT_ROOT } from "../host/paths.ts";
import { UserError } from "../host/user-error.ts";
import { images, type ImageDeclaration, type ImageName, type ImageReferences } from "../platform/images.ts";
import { bundle, type Bundles } from "./bundle.ts";
import { contentTag, filesBelow, writeContext, type ContextFile } from "./context.ts";
import { readVersions, type Versions } from "./versions.ts";

/** One image to be built: all that `docker build` or Pulumi's `docker.Image` needs. */
export interface ImageBuild {
  readonly name: ImageName;
  /** `astratrade/<name>:<content tag>`. */
  readonly reference: string;
  /** Folder with everything that the build gets; absolute path. */
  readonly context: string;
  /** Absolute path. */
  readonly dockerfile: string;
  readonly buildArgs: Readonly<Record<string, string>>;
}

/** What images stand on, built before them. */
export interface ParentImages {
  readonly base: ImageBuild;
  /** The base with Node's binary: one layer that all services share. */
  readonly node: ImageBuild;
}

/** Folder of an image's build context. */
function contextFolder(projectRoot: string, name: ImageName): string {
  return join(projectRoot, ".astra", "build", name);
}

async function imageBuild(
  projectRoot: string,
  name: ImageName,
  files: readonly ContextFile[],
  buildArgs: Readonly<Record<string, string>>,
): Promise<ImageBuild> {
  const context = contextFolder(projectRoot, name);
  await writeContext(context, files);
  const tag = contentTag(files, buildArgs);
  return {
    name,
    reference: `astratrade/${name}:${tag}`,
    context,
    dockerfile: join(context, "Dockerfile"),
    buildArgs: { ...buildArgs, ASTRATRADE_VERSION: tag },
  };
}

/** Node's binary, from the npm package of this platform that also runs this project. */
async function nodeBinary(projectRoot: string): Promise<ContextFile> {
  const name = `node-linux-${process.arch}`;
  const folder = join(projectRoot, "node_modules", name);
  const file = join(folder, "bin", "node");
  try {
    await access(file);
    const { version } = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as { version: string };
    return { path: "node", executable: true, content: { file, identity: `${name}@${version}` } };
  } catch (error) {
    throw new UserError(
      `No Node binary for images in node_modules/${name}. Run \`npm ci\`; on a machine that is not Linux add \`--force\`.`,
      { cause: error },
    );
  }
}

/** Plans the images that others stand on. `ROOTFS` of the base is decided when it is made (`base-image.ts`). */
export async function parentImages(projectRoot: string = PROJECT_ROOT): Promise<ParentImages> {
  const versions = await readVersions(projectRoot);
  const base = await imageBuild(projectRoot, "base", await filesBelow(join(projectRoot, "images", "base")), {
    SUITE: versions.base.suite,
    REVISION: String(versions.base.revision),
  });
  const node = await imageBuild(
    projectRoot,
    "node",
    [...(await filesBelow(join(projectRoot, "images", "node"))), await nodeBinary(projectRoot)],
    { BASE: base.reference },
  );
  return { base, node };
}

/** Recipes that install what others do: the tools of those programs come in the same packages. */
const PACKAGES_OF: Readonly<Record<string, readonly string[]>> = { configure: ["edge", "prometheus", "alertmanager"] };

/** Debian packages that a recipe installs; none where it stands on an image that has all. */
function packagesOf(recipe: string, versions: Versions): readonly string[] {
  return (PACKAGES_OF[recipe] ?? [recipe]).flatMap((name) => versions.packages[name] ?? []);
}

/** Build arguments of a recipe: what it stands on, and the packages that it installs. */
function argumentsOf(recipe: string, versions: Versions, parents: ParentImages): Record<string, string> {
  if (recipe === "service") return { NODE: parents.node.reference };
  if (recipe === "jaeger") return { BASE: parents.base.reference, JAEGER: versions.jaeger.official };
  if (recipe === "grafana") return { GRAFANA: versions.grafana.official };
  return { BASE: parents.base.reference, PACKAGES: packagesOf(recipe, versions).join(" ") };
}

/** What a recipe copies besides its own folder: generated files of the project, by the folder in its context. */
const GENERATED: Readonly<Record<string, readonly { readonly from: string; readonly to: string }[]>> = {
  configure: [
    { from: "alerts/_gen/rules", to: "rules/" },
    { from: "dashboards/_gen", to: "dashboards/" },
  ],
};

async function filesOf(
  projectRoot: string,
  image: ImageDeclaration,
  versions: Versions,
  bundles: Bundles,
): Promise<readonly ContextFile[]> {
  const recipes = join(projectRoot, "images");
  return [
    ...(await filesBelow(join(recipes, image.recipe))),
    ...(packagesOf(image.recipe, versions).length > 0 ? await filesBelow(join(recipes, "shared"), "shared/") : []),
    ...(await Promise.all((GENERATED[image.recipe] ?? []).map(({ from, to }) => filesBelow(join(projectRoot, from), to)))).flat(),
    ...(bundles[image.name] ?? []),
  ];
}

export interface PlanOptions {
  /** Only these images; absent: all. */
  readonly names?: readonly ImageName[];
  /** With the images that stand on one that not every machine can have. @default false */
  readonly optional?: boolean;
}

/**
 * Plans the platform's images and writes their build contexts below `.astra/build`. The same sources give the same
 * references in every checkout. Builds nothing.
 * @throws UserError when a service does not bundle.
 */
export async function imagePlan(
  projectRoot: string = PROJECT_ROOT,
  options: PlanOptions = {},
): Promise<readonly ImageBuild[]> {
  const versions = await readVersions(projectRoot);
  const parents = await parentImages(projectRoot);
  const chosen = images.filter((image) =>
    options.names ? options.names.includes(image.name) : !image.optional || options.optional === true,
  );
  const entries = chosen.flatMap((image) => (image.bundle === undefined ? [] : [[image.name, image.bundle] as const]));
  const bundles = entries.length > 0 ? await bundle(projectRoot, Object.fromEntries(entries)) : {};
  return await Promise.all(
    chosen.map(async (image) => {
      const files = await filesOf(projectRoot, image, versions, bundles);
      return await imageBuild(projectRoot, image.name, files, argumentsOf(image.recipe, versions, parents));
    }),
  );
}

/** References of planned images, as the model takes them. */
export function imageReferences(plan: readonly ImageBuild[]): ImageReferences {
  return Object.fromEntries(plan.map((image) => [image.name, image.reference]));
}
