import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { PROJECT_ROOT } from "../../infra/host/paths.ts";
import { waitFor } from "../support/wait-for.ts";

/** Longest time until a service that was started is ready: on a busy machine a start alone takes many seconds. */
const READY_MS = 180_000;

const children = new Set<ChildProcess>();

// The last resort when a run is cut off before its clean-up.
process.on("exit", () => {
  for (const child of children) child.kill("SIGKILL");
});

/** A service as a process of its own, to be killed and started again on the same port. */
export class ServiceProcess {
  readonly name: string;
  readonly port: number;
  readonly #environment: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;
  #words = "";
  readonly #crashes: string[] = [];

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
    child.on("exit", (code, signal) => {
      children.delete(child);
      if (this.#child === child) this.#crashes.push(`${this.name} ended by itself (${signal ?? code}): ${this.#words.trim()}`);
    });
    children.add(child);
    this.#child = child;
  }

  /** Each time that it ended by itself, with its last words: nothing may bring that about. */
  get crashes(): readonly string[] {
    return this.#crashes;
  }

  /** Starts it again where it has ended by itself, as its container would be. */
  revive(): void {
    if (this.#child !== undefined && (this.#child.exitCode !== null || this.#child.signalCode !== null)) this.start();
  }

  async untilReady(): Promise<void> {
    try {
      await waitFor(`readiness of ${this.name}`, async () => {
        this.revive();
        const { status } = await fetch(`http://127.0.0.1:${this.port}/health/ready`, { signal: AbortSignal.timeout(2_000) });
        return status === 200 ? true : undefined;
      }, READY_MS);
    } catch (error) {
      throw new Error(`${this.name} is not ready; it said: ${this.#words}`, { cause: error });
    }
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
