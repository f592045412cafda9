import { join } from "node:path";
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

/**
 * Bundles one service with all its libraries into `main.js` and its source map: the same bytes for the same sources,
 * wherever the checkout lies.
 * @param projectRoot Folder of the checkout.
 * @param entry Entry file, from the project's root.
 * @throws UserError with the compiler's messages.
 */
export async function bundle(projectRoot: string, entry: string): Promise<readonly ContextFile[]> {
  try {
    const result = await build({
      absWorkingDir: projectRoot,
      entryPoints: [entry],
      outfile: join(projectRoot, "main.js"),
      write: false,
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node24",
      banner: { js: COMMONJS_NAMES },
      // An optional native driver that pg asks for and does without.
      external: ["pg-native"],
      minifySyntax: true,
      minifyWhitespace: true,
      sourcemap: "linked",
      sourcesContent: false,
      legalComments: "none",
      logLevel: "silent",
    });
    return result.outputFiles.map((file) => ({
      path: file.path.endsWith(".map") ? "main.js.map" : "main.js",
      executable: false,
      content: Buffer.from(file.contents),
    }));
  } catch (error) {
    if (!(error instanceof Error) || !("errors" in error)) throw error;
    const messages = await formatMessages((error as BuildFailure).errors, { kind: "error", color: false });
    throw new UserError(`Bundling ${entry} failed:\n${messages.join("").trimEnd()}`, { cause: error });
  }
}
