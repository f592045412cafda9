import { build } from "esbuild";
import { PROJECT_ROOT } from "../host/paths.ts";

/** Folders that hold nothing else. */
export const GENERATED_PAGE_FOLDERS: readonly string[] = ["services/gateway/pages/_gen"];

const CLIENT = "services/gateway/pages/dashboard-client";

/**
 * Script and style of the gateway's page as a module, so that they are checked as TypeScript, tested as modules, and
 * still part of the service's one file. The same text for the same sources.
 */
export async function generatedPages(): Promise<ReadonlyMap<string, string>> {
  const [script, style] = await Promise.all([bundled(`${CLIENT}/main.ts`), bundled(`${CLIENT}/dashboard.css`)]);
  const text = [
    `// Generated from ${CLIENT} by \`npm run generate\`: do not edit.`,
    `export const DASHBOARD_SCRIPT = ${JSON.stringify(script)};`,
    `export const DASHBOARD_STYLE = ${JSON.stringify(style)};`,
    "",
  ].join("\n");
  return new Map([["services/gateway/pages/_gen/dashboard-assets.ts", text]]);
}

async function bundled(entry: string): Promise<string> {
  const result = await build({
    absWorkingDir: PROJECT_ROOT,
    entryPoints: [entry],
    write: false,
    bundle: true,
    minify: true,
    format: "iife",
    // Browsers of the last three years.
    target: ["chrome115", "firefox115", "safari17"],
    charset: "utf8",
    legalComments: "none",
    logLevel: "silent",
  });
  return result.outputFiles.map((file) => file.text).join("").trim();
}
