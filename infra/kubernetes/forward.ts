import { spawn, type ChildProcess } from "node:child_process";
import { UserError } from "../host/user-error.ts";
import type { Kubectl } from "./kubectl.ts";

const PATIENCE_MS = 20_000;

const open = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of open) child.kill("SIGKILL");
});

/** A port of this machine that leads to a Service of a cluster. */
export interface Forward {
  readonly port: number;
  /** Undone, by us or since its pod is gone. */
  readonly closed: () => boolean;
  close(): void;
}

/** Port that a line of `kubectl port-forward` says it listens on. */
export function forwardedPort(line: string): number | undefined {
  const port = /^Forwarding from 127\.0\.0\.1:(\d+) ->/m.exec(line)?.[1];
  return port === undefined ? undefined : Number(port);
}

/**
 * Opens a free port on loopback that leads to a port of a Service, as long as the pod that it found lives.
 * @throws UserError when no pod stands behind it, or nothing is forwarded in time.
 */
export async function forward(kubectl: Kubectl, service: string, port: number): Promise<Forward> {
  const args = kubectl.args(["port-forward", "--address", "127.0.0.1", `service/${service}`, `:${port}`]);
  const child = spawn("kubectl", args, { stdio: ["ignore", "pipe", "pipe"] });
  open.add(child);
  let ended = false;
  const close = (): void => void child.kill("SIGKILL");
  const local = await new Promise<number>((resolve, reject) => {
    let said = "";
    const fail = (reason: string): void => {
      clearTimeout(timer);
      close();
      reject(new UserError(`${service} of namespace ${kubectl.namespace} cannot be reached: ${reason}`));
    };
    const timer = setTimeout(() => fail(`nothing was forwarded within ${PATIENCE_MS / 1000} s`), PATIENCE_MS);
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      said += chunk;
      const found = forwardedPort(said);
      if (found === undefined) return;
      clearTimeout(timer);
      resolve(found);
    });
    let complaint = "";
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (complaint = `${complaint}${chunk}`.slice(-2_000)));
    child.on("error", (error) => fail(error.message));
    child.on("close", (code) => {
      ended = true;
      open.delete(child);
      fail(complaint.trim().split("\n").at(-1) ?? `kubectl ended with ${code ?? "a signal"}`);
    });
  });
  // It must not keep a command from ending.
  child.unref();
  for (const stream of [child.stdout, child.stderr]) if ("unref" in stream && typeof stream.unref === "function") stream.unref();
  return { port: local, closed: () => ended, close };
}
