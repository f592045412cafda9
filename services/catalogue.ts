import type { ServiceDeclaration } from "./base/declaration.ts";
import { financial } from "./financial/declaration.ts";
import { gamification } from "./gamification/declaration.ts";
import { gateway } from "./gateway/declaration.ts";
import { nft } from "./nft/declaration.ts";
import { social } from "./social/declaration.ts";
import { trading } from "./trading/declaration.ts";
import { user } from "./user/declaration.ts";

/** The six domain services, most needed first. */
export const domainServices: readonly ServiceDeclaration[] = [user, trading, gamification, social, financial, nft];

/** Everything that a colour runs: the gateway and the six domain services. */
export const allServices: readonly ServiceDeclaration[] = [gateway, ...domainServices];

/** Services in the order in which a rollout moves them: least critical first. */
export const rolloutOrder: readonly ServiceDeclaration[] = [...allServices].sort(
  (a, b) => a.criticality - b.criticality,
);
