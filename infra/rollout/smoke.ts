import { COLOUR_HEADER, OPERATOR_HEADER } from "../../services/base/auth/operator.ts";
import { allServices } from "../../services/catalogue.ts";
import { messageOf } from "../host/user-error.ts";
import type { Colour } from "../platform/workload.ts";

/** The workload without a route of its own: requests come through it to the others. */
export const FRONT_WORKLOAD = allServices.find((service) => service.route === undefined)?.name ?? "gateway";

/** What a look at each service asks for: public, cheap, and read from its own database. */
export const SMOKE_PATHS: Readonly<Record<string, string>> = {
  user: "/api/v1/users/.well-known/jwks.json",
  trading: "/api/v1/trading/prices",
  gamification: "/api/v1/gamification/leaderboard",
  social: "/api/v1/social/feed",
  financial: "/api/v1/financial/subscriptions/plans",
  nft: "/api/v1/nft/marketplace",
};

const DEADLINE_MS = 5_000;

/** How an operator's request is led to one colour, whatever its weight. */
export function privateLook(colour: Colour, operatorToken: string): Readonly<Record<string, string>> {
  return { [COLOUR_HEADER]: colour, [OPERATOR_HEADER]: operatorToken };
}

/**
 * Asks each service of a colour once, through the edge, by the private header.
 * @returns What is wrong, one line each; empty where all answer.
 */
export async function smokeProblems(ask: typeof fetch, edge: string, colour: Colour, operatorToken: string): Promise<readonly string[]> {
  const headers = privateLook(colour, operatorToken);
  const answers = Object.entries(SMOKE_PATHS).map(async ([workload, path]) => {
    try {
      const response = await ask(edge + path, { headers, signal: AbortSignal.timeout(DEADLINE_MS) });
      const text = await response.text();
      return response.status === 200 ? [] : [`${workload}: ${path} answers ${response.status} ${text.slice(0, 200)}`];
    } catch (error) {
      return [`${workload}: ${path} does not answer: ${messageOf(error)}`];
    }
  });
  return (await Promise.all(answers)).flat();
}
