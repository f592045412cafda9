import type { ServiceDefinition } from "../../services/base/service.ts";
import { financial } from "../../services/financial/service.ts";
import { gamification } from "../../services/gamification/service.ts";
import { nftService } from "../../services/nft/service.ts";
import { simulatedChain } from "../../services/nft/chain/simulated-chain.ts";
import { social } from "../../services/social/service.ts";
import { tradingService } from "../../services/trading/service.ts";
import { userService } from "../../services/user/service.ts";
import { type DomainService, startDomainService } from "./domain-service.ts";

export type DomainName = "user" | "trading" | "gamification" | "social" | "financial" | "nft";

/** One operation of an API document. */
export interface Operation {
  readonly domain: DomainName;
  /** `GET`. */
  readonly method: string;
  /** Below the service's route, with its parameters in braces: `/positions/{id}/close`. */
  readonly path: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required?: boolean; readonly schema: JsonSchema }[];
  readonly body: JsonSchema | undefined;
  /** It asks who is calling. */
  readonly signedIn: boolean;
}

export type JsonSchema = Readonly<Record<string, unknown>>;

const definitions: Readonly<Record<DomainName, () => ServiceDefinition>> = {
  user: userService,
  trading: () => tradingService({ settings: {} }),
  gamification: () => gamification,
  social: () => social,
  financial: () => financial,
  nft: () => nftService({ makeChain: ({ clock }) => simulatedChain(clock) }),
};

export const domainNames = Object.keys(definitions) as readonly DomainName[];

/** Starts all six, each with stores of its own. */
export async function startDomains(): Promise<Readonly<Record<DomainName, DomainService>>> {
  const started: Partial<Record<DomainName, DomainService>> = {};
  // One after the other: together they would start six Redis containers at once.
  for (const name of domainNames) started[name] = await startDomainService(definitions[name]());
  return started as Record<DomainName, DomainService>;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, {
    readonly parameters?: Operation["parameters"];
    readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: JsonSchema }>> };
    readonly security?: readonly unknown[];
  }>>>>;
}

/** Operations that a service's API document names. */
export function operationsOf(domain: DomainName, { service }: DomainService): readonly Operation[] {
  const prefix = `/api/v1/${service.context.declaration.route ?? domain}`;
  const { paths } = service.app.swagger() as unknown as Document;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      domain,
      method: method.toUpperCase(),
      path: path.slice(prefix.length),
      parameters: operation.parameters ?? [],
      body: operation.requestBody?.content?.["application/json"]?.schema,
      signedIn: (operation.security ?? []).length > 0,
    })),
  );
}
