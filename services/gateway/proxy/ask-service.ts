import type { InstanceChooser } from "../routing/chooser.ts";
import { CORRELATION_HEADER, correlationIdOf, currentWork } from "../../base/correlation.ts";
import type { SeenInstance } from "../../base/registry/view.ts";
import { TRACEPARENT_HEADER } from "../../base/tracing/trace-context.ts";
import type { InstancePools } from "./pools.ts";

const DEADLINE_MS = 2_000;
const PROBE_MS = 1_000;

/** Asks one instance of a service for a JSON document, for the gateway's own pages. */
export class ServiceAsker {
  readonly #chooser: InstanceChooser;
  readonly #pools: InstancePools;

  constructor(chooser: InstanceChooser, pools: InstancePools) {
    this.#chooser = chooser;
    this.#pools = pools;
  }

  /** @throws Error where no instance is there, it is too slow, or the answer is not 200. */
  async getJson(service: string, path: string): Promise<unknown> {
    const instance = this.#chooser.choose(service);
    if (typeof instance === "string") throw new Error(`no instance of ${service} is running`);
    const work = currentWork();
    const { statusCode, body } = await this.#pools.forBodies(instance).request({
      method: "GET",
      path,
      headers: {
        [CORRELATION_HEADER]: work?.correlationId ?? correlationIdOf(undefined),
        ...(work?.trace === undefined ? {} : { [TRACEPARENT_HEADER]: work.trace.traceparent }),
        accept: "application/json",
      },
      headersTimeout: DEADLINE_MS,
      bodyTimeout: DEADLINE_MS,
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    if (statusCode === 200) return body.json();
    await body.dump();
    throw new Error(`${service} answered ${statusCode} to ${path}`);
  }

  /** Whether an instance says that it is ready; past a second it is not. */
  async isReady(instance: SeenInstance): Promise<boolean> {
    try {
      const { statusCode, body } = await this.#pools.forBodies(instance).request({
        method: "GET",
        path: "/health/ready",
        headers: { [CORRELATION_HEADER]: correlationIdOf(undefined) },
        signal: AbortSignal.timeout(PROBE_MS),
      });
      await body.dump();
      return statusCode < 400;
    } catch {
      return false;
    }
  }
}
