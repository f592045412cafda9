import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** Chromium of this machine: `CHROMIUM_PATH`, or one of the usual names on the PATH. */
export function findChromium(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const candidates = [process.env["CHROMIUM_PATH"] ?? "", ...NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))];
  return candidates.find((path) => path !== "" && isExecutable(path));
}

/** Said by tests that are skipped without a browser. */
export const NO_CHROMIUM = "no Chromium on this machine: install chromium, or name its program in CHROMIUM_PATH";

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A page with a record of what should not happen. */
export interface WatchedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors and warnings of the console, exceptions, and violations of the page's policy. */
  readonly complaints: string[];
  /** Origins that anything was asked from. */
  readonly origins: Set<string>;
}

/** Starts a headless Chromium that asks nobody for anything. */
export function launchBrowser(executablePath: string): Promise<Browser> {
  // Containers have no user namespaces for its sandbox, and often little /dev/shm.
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"], timeout: 60_000 });
}

/** Opens an empty page of its own. */
export async function watchedPage(browser: Browser, options: Parameters<Browser["newContext"]>[0]): Promise<WatchedPage> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  const origins = new Set<string>();
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`exception: ${error.message}`));
  page.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    origins.add(protocol === "data:" ? "data:" : origin);
  });
  return { page, context, complaints, origins };
}
