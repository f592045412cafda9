import { basename, dirname, join } from "node:path";
import { build, formatMessages, type BuildFailure } from "esbuild";
import { UserError } from "../host/user-error.ts";
import type { ContextFile } from "./context.ts";

/** What CommonJS libraries inside an ES module bundle look for. */
const COMMONJS_NAMES = [
  'import { createRequire as __createRequire } from "node:module";',
  "const require = __createRequire(import.meta.url);",
  "const __filename = import.meta.filename;",
  "const __dirname = import.meta.dirname;",
].join("\n");

/** Files of one bundle, by the name of its image. */
export type Bundles = Readonly<Record<string, readonly ContextFile[]>>;

/**
 * Bundles services with all their libraries into a `main.js` and its source map each: the same bytes for the same
 * sources, wherever the checkout lies and whatever is bundled beside. One run for all, so that what they share is
 * parsed once.
 * @param projectRoot Folder of the checkout.
 * @param entries Entry file, from the project's root, by the name of its image.
 * @throws UserError with the compiler's messages.
 */
export async function bundle(projectRoot: string, entries: Readonly<Record<string, string>>): Promise<Bundles> {
  // Nothing is written there: it only names the outputs.
  const outdir = join(projectRoot, ".astra", "build");
  try {
    const result = await build({
      absWorkingDir: projectRoot,
      entryPoints: Object.entries(entries).map(([name, entry]) => ({ in: entry, out: `${name}/main` })),
      outdir,
      write: false,
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node24",
      banner: { js: COMMONJS_NAMES },
      // An optional native driver that pg asks for and does without.
      external: ["pg-native"],
      minifySyntax: true,
      // No source map: one costs a process about 70 MB to read. Lines and names stay, so traces can be read without.
      legalComments: "none",
      logLevel: "silent",
    });
    const filesOf = (name: string): readonly ContextFile[] =>
      result.outputFiles
        .filter((file) => dirname(file.path) === join(outdir, name))
        .map((file) => ({ path: basename(file.path), executable: false, content: Buffer.from(file.contents) }));
    return Object.fromEntries(Object.keys(entries).map((name) => [name, filesOf(name)]));
  } catch (error) {
    if (!(error instanceof Error) || !("errors" in error)) throw error;
    const messages = await formatMessages((error as BuildFailure).errors, { kind: "error", color: false });
    throw new UserError(`Bundling the services failed:\n${messages.join("").trimEnd()}`, { cause: error });
  }
}
