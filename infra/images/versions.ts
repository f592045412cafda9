import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** What `images/versions.json` pins. */
export interface Versions {
  readonly base: {
    /** Debian suite that every image stands on. */
    readonly suite: string;
    /** Official image of that suite, taken where a registry answers. */
    readonly official: string;
    /** Raised by hand to make a new base image from the suite's present packages. */
    readonly revision: number;
  };
  readonly grafana: { readonly official: string };
  readonly jaeger: { readonly official: string };
  /** Debian packages by recipe, as `name=version pattern`: security updates of a pinned version still come in. */
  readonly packages: Readonly<Record<string, readonly string[]>>;
}

export async function readVersions(projectRoot: string): Promise<Versions> {
  return JSON.parse(await readFile(join(projectRoot, "images", "versions.json"), "utf8")) as Versions;
}
