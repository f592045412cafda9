import { systemClock } from "../../services/base/clock.ts";
import type { ConsumerGroup } from "../../services/base/events/consumer-group.ts";
import type { EventPublisher } from "../../services/base/events/publisher.ts";
import { financialGroups } from "../../services/financial/handlers.ts";
import { gamificationGroups } from "../../services/gamification/handlers.ts";
import { simulatedChain } from "../../services/nft/chain/simulated-chain.ts";
import { rewardsGroup, settlementGroup } from "../../services/nft/handlers.ts";
import { socialGroups } from "../../services/social/handlers.ts";
import { accountsGroup, entitlementsGroup } from "../../services/trading/handlers.ts";
import { activityGroup } from "../../services/user/handlers.ts";

/** The groups of a service, as it declares them. */
export function groupsOf(service: string, events: EventPublisher): readonly ConsumerGroup[] {
  switch (service) {
    case "user":
      return [activityGroup];
    case "trading":
      return [accountsGroup, entitlementsGroup];
    case "gamification":
      return gamificationGroups({ events });
    case "social":
      return socialGroups();
    case "financial":
      return financialGroups();
    case "nft":
      return [rewardsGroup({ events, clock: systemClock, wakeChain: () => undefined, chain: simulatedChain(systemClock) }), settlementGroup];
    default:
      throw new Error(`service "${service}" has no groups`);
  }
}
