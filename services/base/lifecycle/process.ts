import type { ServiceConfig } from "../config.ts";
import { ConfigError } from "../config.ts";
import type { RunningService } from "../service.ts";

/** What a process does when it cannot go on. */
export interface ProcessHooks {
  start(config: ServiceConfig): Promise<RunningService>;
  readConfig(): ServiceConfig;
}

/** One JSON line, also where there is no logger yet; written at once, since the process is about to end. */
function fatalLine(service: string, message: string, error: unknown): void {
  const stack = error instanceof Error && !(error instanceof ConfigError) ? error.stack : undefined;
  process.stderr.write(`${JSON.stringify({ level: "fatal", time: new Date().toISOString(), service, msg: message, ...(stack ? { stack } : {}) })}\n`);
}

/**
 * Runs a service as a process: SIGTERM and SIGINT drain it and it exits 0; whatever it cannot survive is one clear
 * line and exit code 1.
 */
export async function runProcess(service: string, hooks: ProcessHooks): Promise<void> {
  const die = (what: string, error: unknown): void => {
    const reason = error instanceof Error ? error.message : String(error);
    fatalLine(service, `${service} ${what}: ${reason}`, error);
    // An exit at the end of this turn would wait for open connections for ever.
    process.exit(1);
  };
  process.on("uncaughtException", (error) => die("stopped by an error that nobody handled", error));
  process.on("unhandledRejection", (error) => die("stopped by a rejection that nobody handled", error));

  let running: RunningService | undefined;
  const stop = (): void => {
    // As process 1 of a container nobody else ends us: a signal during the start has to count too.
    if (running === undefined) process.exit(0);
    running.stop().then(
      () => process.exit(0),
      (error: unknown) => die("did not stop cleanly", error),
    );
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  try {
    running = await hooks.start(hooks.readConfig());
  } catch (error) {
    die("cannot start", error);
  }
}
