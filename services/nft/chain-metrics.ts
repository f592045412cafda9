import { CHAIN_OLDEST_OPERATION_AGE, CHAIN_OPERATIONS_OPEN } from "../base/metrics-contract/business.ts";
import { registerGauge } from "../base/metrics-contract/register.ts";
import type { ServiceContext } from "../base/service.ts";
import { backlogOf } from "./chain-operations-store.ts";

/** Shows what waits for a chain; the result has it counted anew. Series stand at zero from the start. */
export function chainBacklog({ database, metrics }: Pick<ServiceContext, "database" | "metrics">, chains: readonly string[]): (chain: string) => Promise<void> {
  const open = registerGauge(CHAIN_OPERATIONS_OPEN, metrics.registry);
  const oldest = registerGauge(CHAIN_OLDEST_OPERATION_AGE, metrics.registry);
  // A contract's address is no label: it would make a series for each that ever was.
  const labelsOf = (chain: string) => ({ chain: chain.split(":")[0] ?? chain });
  for (const chain of chains) {
    open.set(labelsOf(chain), 0);
    oldest.set(labelsOf(chain), 0);
  }
  return async (chain) => {
    const backlog = await backlogOf(database, chain);
    open.set(labelsOf(chain), backlog.open);
    oldest.set(labelsOf(chain), backlog.oldestSeconds);
  };
}
