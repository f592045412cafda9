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
/**
 * Requests to each service at one time: as many as the connections to its database that it keeps (`POOL` of services/base/postgres). A colour that stands by
 * has none open, and opening them all in the moment in which requests come takes longer than requests may wait.
 */
const AT_ONCE = 5;

/** How an operator's request is led to one colour, whatever its weight. */
export function privateLook(colour: Colour, operatorToken: string): Readonly<Record<string, string>> {
  return { [COLOUR_HEADER]: colour, [OPERATOR_HEADER]: operatorToken };
}

/**
 * Asks each service of a colour, one after the other, a few times side by side, through the edge and by the private
 * header.
 * @returns What is wrong, one line for each service; empty where all answer.
 */
export async function smokeProblems(ask: typeof fetch, edge: string, colour: Colour, operatorToken: string): Promise<readonly string[]> {
  const headers = privateLook(colour, operatorToken);
  const once = async (path: string): Promise<string | undefined> => {
    try {
      const response = await ask(edge + path, { headers, signal: AbortSignal.timeout(DEADLINE_MS) });
      const text = await response.text();
      return response.status === 200 ? undefined : `answers ${response.status} ${text.slice(0, 200)}`;
    } catch (error) {
      return `does not answer: ${messageOf(error)}`;
    }
  };
  const problems: string[] = [];
  for (const [workload, path] of Object.entries(SMOKE_PATHS)) {
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, async () => await once(path)));
    const problem = answers.find((answer) => answer !== undefined);
    if (problem !== undefined) problems.push(`${workload}: ${path} ${problem}`);
  }
  return problems;
}
