import type { ServiceDeclaration } from "../../base/declaration.ts";

const PREFIX = "/api/v1/";

export interface ServicePath {
  readonly service: string;
  /** As metrics and logs name it: `/api/v1/trading` or `/api/v1/trading/*`. */
  readonly pattern: string;
}

/** Finds the service of a path by its first segment below `/api/v1/`. */
export class ServicePaths {
  readonly #roots = new Map<string, ServicePath>();
  readonly #below = new Map<string, ServicePath>();

  constructor(services: readonly ServiceDeclaration[]) {
    for (const { name, route } of services) {
      if (route === undefined) continue;
      this.#roots.set(route, { service: name, pattern: `${PREFIX}${route}` });
      this.#below.set(route, { service: name, pattern: `${PREFIX}${route}/*` });
    }
  }

  patterns(): readonly string[] {
    return [...this.#roots.values(), ...this.#below.values()].map((path) => path.pattern);
  }

  /** Undefined where no service has this path. @param url Path and query. */
  find(url: string): ServicePath | undefined {
    if (!url.startsWith(PREFIX)) return undefined;
    let end = PREFIX.length;
    for (; end < url.length; end += 1) {
      const code = url.charCodeAt(end);
      if (code === SLASH) return this.#below.get(url.slice(PREFIX.length, end));
      if (code === QUESTION_MARK) break;
    }
    return this.#roots.get(url.slice(PREFIX.length, end));
  }
}

const SLASH = 0x2f;
const QUESTION_MARK = 0x3f;
