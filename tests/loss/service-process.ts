import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { PROJECT_ROOT } from "../../infra/host/paths.ts";
import { waitFor } from "../support/wait-for.ts";

/** A service as a process of its own, to be killed and started again on the same port. */
export class ServiceProcess {
  readonly name: string;
  readonly port: number;
  readonly #environment: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;
  #words = "";

  constructor(name: string, port: number, environment: Readonly<Record<string, string>>) {
    this.name = name;
    this.port = port;
    this.#environment = { ...environment, ASTRA_INSTANCE: `${name}-loss`, ASTRA_PORT: String(port), ASTRA_HOST: "127.0.0.1" };
  }

  /** Starts the process; it is ready some time later. */
  start(): void {
    const child = spawn(process.execPath, [join(PROJECT_ROOT, "services", this.name, "main.ts")], {
      env: { ...process.env, ...this.#environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const listen = (chunk: Buffer): void => {
      this.#words = (this.#words + chunk.toString()).slice(-4_000);
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    this.#child = child;
  }

  async untilReady(): Promise<void> {
    await waitFor(`readiness of ${this.name} (it said: ${this.#words})`, async () => {
      const { status } = await fetch(`http://127.0.0.1:${this.port}/health/ready`, { signal: AbortSignal.timeout(2_000) });
      return status === 200 ? true : undefined;
    }, 90_000);
  }

  /** Ends it at once, in the middle of whatever it does. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }

  pause(): void {
    this.#child?.kill("SIGSTOP");
  }

  resume(): void {
    this.#child?.kill("SIGCONT");
  }
}
