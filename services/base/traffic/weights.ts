import type { ColourWeights, TrafficTable } from "./table.ts";

/** Which colours of a workload have an instance that takes requests. */
export interface LiveColours {
  readonly blue: boolean;
  readonly green: boolean;
}

const BOTH: ColourWeights = { blue: 100, green: 100 };

/**
 * Weights by which requests really go: the table's, but a colour without live instances counts 0 and the other one
 * then takes everything, whatever the table gives it. So the end of a colour is a rollback by itself.
 */
export function effectiveWeights(weights: ColourWeights, live: LiveColours): ColourWeights {
  if (live.blue && !live.green) return { blue: 100, green: 0 };
  if (live.green && !live.blue) return { blue: 0, green: 100 };
  return weights;
}

/**
 * What one instance asks the edge for, so that its colour gets its weight however many instances it has: HAProxy adds up
 * the weights of all servers, and two instances that each asked for their colour's weight would get it twice.
 * Whole percent, at least 1 while the colour has weight: 0 would turn requests away.
 */
export function instanceShare(colourWeight: number, instances: number): number {
  if (colourWeight <= 0) return 0;
  return Math.max(1, Math.round(colourWeight / Math.max(1, instances)));
}

/** A workload's weights. One that the table does not know yet, a new service, goes where the gateway's traffic goes. */
export function tableWeights(table: TrafficTable | undefined, workload: string): ColourWeights {
  return table?.weights[workload] ?? table?.weights["gateway"] ?? BOTH;
}
