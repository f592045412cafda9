import { STATUS_CODES, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Dispatcher } from "undici";
import type { FrontUpgrade } from "../../base/http/front-upgrade.ts";
import type { Problem } from "../../base/problem.ts";
import type { SeenInstance } from "../../base/registry/view.ts";
import type { ServiceContext } from "../../base/service.ts";
import type { Breakers } from "../breaker/breakers.ts";
import { Visit } from "../breaker/visit.ts";
import type { RequestLimits } from "../limits/request-limits.ts";
import { gatewayProblems } from "../problems.ts";
import type { InstanceChooser } from "../routing/chooser.ts";
import type { GatewayTuning } from "../tuning.ts";
import { requestHeaders, responseHeaders } from "./headers.ts";
import type { OpenStreams } from "./open-streams.ts";
import type { InstancePools } from "./pools.ts";
import { Tunnel } from "./upgrade-tunnel.ts";

/** A dead peer is found out by TCP itself: a WebSocket may be silent for hours. */
const KEEP_ALIVE_MS = 30_000;

export interface UpgradeParts {
  readonly chooser: InstanceChooser;
  readonly breakers: Breakers;
  readonly pools: InstancePools;
  readonly limits: RequestLimits;
  readonly streams: OpenStreams;
  readonly tuning: GatewayTuning;
}

type Outcome = { readonly kind: "answered"; readonly healthy: boolean } | { readonly kind: "failed"; readonly error: Error };

/** Takes WebSockets to their services: found, limited and guarded by the breaker like any request, then bytes both ways. */
export class Upgrades {
  readonly #parts: UpgradeParts;
  readonly #context: ServiceContext;

  constructor(parts: UpgradeParts, context: ServiceContext) {
    this.#parts = parts;
    this.#context = context;
  }

  /** Opens a WebSocket to an instance of a service, or answers with what speaks against it. Never rejects. */
  async open(service: string, upgrade: FrontUpgrade): Promise<void> {
    try {
      const refusal = (await this.#parts.limits.hold(upgrade.request, upgrade.ownHeaders, service)) ?? (await this.#connect(service, upgrade));
      if (refusal !== undefined) upgrade.refuse(refusal);
    } catch (error) {
      this.#context.log.error({ err: error, correlationId: upgrade.correlationId }, "gateway: a WebSocket failed");
      upgrade.socket.destroy();
    }
  }

  async #connect(service: string, upgrade: FrontUpgrade): Promise<Problem | undefined> {
    const { chooser, breakers, tuning } = this.#parts;
    const visit = new Visit(breakers, service);
    const tried = new Set<string>();
    let last: Error | undefined;
    try {
      for (let attempt = 0; attempt < tuning.attempts; attempt += 1) {
        const choice = chooser.choose(service, { tried, admits: (colour) => visit.mayEnter(colour) });
        if (choice === "refused" && last === undefined) return gatewayProblems.circuitOpen(service, breakers.retryAfterSeconds(service));
        if (typeof choice === "string" || !visit.enter(choice.colour)) break;
        tried.add(choice.instance);
        // A WebSocket has not begun before it is answered: another instance may be asked.
        const outcome = await this.#try(choice, upgrade);
        visit.note(choice.colour, outcome.kind === "answered" && outcome.healthy ? "good" : "bad");
        if (outcome.kind === "answered") return undefined;
        last = outcome.error;
      }
      return gatewayProblems.serviceUnavailable(service, last === undefined ? "no instance is running" : "no instance took the connection", last);
    } finally {
      visit.end();
    }
  }

  #try(instance: SeenInstance, upgrade: FrontUpgrade): Promise<Outcome> {
    const { request } = upgrade;
    const headers = requestHeaders(request.headers, {
      correlationId: upgrade.correlationId,
      clientAddress: request.socket.remoteAddress ?? "unknown",
      host: request.headers.host,
      protocol: "http",
      traceparent: upgrade.work.trace?.traceparent,
      isNewTrace: upgrade.work.trace?.isNew,
    });
    return new Promise((resolve) => {
      const handler = new UpgradeHandler(upgrade, this.#parts.streams, resolve);
      this.#parts.pools.forBodies(instance).dispatch(
        { method: "GET", path: request.url ?? "/", headers, upgrade: "websocket", headersTimeout: this.#parts.tuning.answerMs },
        handler,
      );
    });
  }
}

/** The answer of a service to an upgrade: a WebSocket, or a plain answer that is passed on. */
class UpgradeHandler implements Dispatcher.DispatchHandler {
  readonly #upgrade: FrontUpgrade;
  readonly #streams: OpenStreams;
  readonly #resolve: (outcome: Outcome) => void;
  #status = 0;

  constructor(upgrade: FrontUpgrade, streams: OpenStreams, resolve: (outcome: Outcome) => void) {
    this.#upgrade = upgrade;
    this.#streams = streams;
    this.#resolve = resolve;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#upgrade.socket.once("close", () => controller.abort(new Error("the caller has gone")));
  }

  onRequestUpgrade(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders, service: Duplex): void {
    const { socket, head, request, ownHeaders } = this.#upgrade;
    socket.write(responseHead(status, { ...responseHeaders(headers, ownHeaders), connection: "Upgrade", upgrade: "websocket" }));
    keepAlive(request);
    this.#upgrade.opened();
    if (head.length > 0) socket.unshift(head);
    let forget = (): void => undefined;
    const tunnel = new Tunnel(socket, service, () => forget());
    forget = this.#streams.add(() => tunnel.close());
    this.#resolve({ kind: "answered", healthy: true });
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) return;
    this.#status = status;
    this.#upgrade.socket.write(responseHead(status, { ...responseHeaders(headers, this.#upgrade.ownHeaders), connection: "close" }));
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#upgrade.socket.write(chunk);
  }

  onResponseEnd(): void {
    this.#upgrade.answered(this.#status);
    this.#upgrade.socket.end();
    this.#resolve({ kind: "answered", healthy: this.#status < 500 });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#status === 0 && !this.#upgrade.socket.destroyed) return this.#resolve({ kind: "failed", error });
    this.#upgrade.socket.destroy();
    this.#resolve({ kind: "answered", healthy: this.#upgrade.socket.destroyed });
  }
}

function responseHead(status: number, headers: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(headers).flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((one) => `${name}: ${String(one)}`));
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${lines.join("\r\n")}\r\n\r\n`;
}

function keepAlive({ socket }: IncomingMessage): void {
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  socket.setNoDelay(true);
  socket.setTimeout(0);
}
