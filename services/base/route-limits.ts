/** Limits of one route, in place of the general ones: its requests are counted by themselves. */
export interface RouteLimit {
  /** `POST`, or `*` for all methods. */
  readonly method: string;
  /** Path as callers send it, `/api/v1/user/login`; with `/*` at its end everything below it. */
  readonly path: string;
  /** Requests a minute of one user; absent: the user's general limit counts. */
  readonly perUser?: number;
  /** Requests a minute of all callers together; absent: the service's general limit counts. */
  readonly perService?: number;
}

const FORM = /^([A-Z]+|\*) (\/[^\s?*;]*(?:\/\*)?)((?: (?:user|service)=[1-9]\d{0,8})+)$/;

/** What a list of route limits takes, for messages. */
export const ROUTE_LIMITS_TAKE = '"<METHOD or *> <path, or path/*> user=<requests a minute> service=<requests a minute>", several with ";" between';

/**
 * Reads `POST /api/v1/user/login user=20; * /api/v1/nft/* service=500`.
 * @returns What is wrong with it as `problem`, instead of limits.
 */
export function parseRouteLimits(text: string): { readonly limits: readonly RouteLimit[] } | { readonly problem: string } {
  const limits: RouteLimit[] = [];
  for (const part of text.split(";").map((one) => one.trim())) {
    if (part === "") continue;
    const [, method, path, counts = ""] = FORM.exec(part) ?? [];
    if (method === undefined || path === undefined) return { problem: `takes ${ROUTE_LIMITS_TAKE} (got "${part}")` };
    const count = (scope: string): number | undefined => {
      const found = new RegExp(` ${scope}=(\\d+)`).exec(counts)?.[1];
      return found === undefined ? undefined : Number(found);
    };
    const [perUser, perService] = [count("user"), count("service")];
    limits.push({ method, path, ...(perUser === undefined ? {} : { perUser }), ...(perService === undefined ? {} : { perService }) });
  }
  return { limits };
}

/** The first limit of a list that a request falls under. @param url Path and query. */
export function findRouteLimit(limits: readonly RouteLimit[], method: string, url: string): RouteLimit | undefined {
  if (limits.length === 0) return undefined;
  const query = url.indexOf("?");
  const path = query < 0 ? url : url.slice(0, query);
  return limits.find((limit) => (limit.method === "*" || limit.method === method) && isCovered(limit.path, path));
}

function isCovered(pattern: string, path: string): boolean {
  return pattern.endsWith("/*") ? path.startsWith(pattern.slice(0, -1)) : path === pattern || path === `${pattern}/`;
}
