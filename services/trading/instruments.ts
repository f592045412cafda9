/** What can be traded, and on which terms. All figures are data: rules read them, nothing is built in. */
export interface Instrument {
  /** `BASE/QUOTE`; the quote currency is that of the accounts. */
  readonly symbol: string;
  readonly name: string;
  /** Decimals of a price, [0, 8]. */
  readonly priceDecimals: number;
  /** Distance between bid and ask in basis points of the price, [0, 1000]. */
  readonly spreadBasisPoints: number;
  /** Where the simulated price wanders about. */
  readonly simulatedPrice: string;
  /** How far the simulated price wanders: millionths of it, in one second. */
  readonly simulatedVolatility: number;
}

export const instruments: readonly Instrument[] = [
  { symbol: "BTC/USD", name: "Bitcoin", priceDecimals: 2, spreadBasisPoints: 4, simulatedPrice: "64000", simulatedVolatility: 80 },
  { symbol: "ETH/USD", name: "Ether", priceDecimals: 2, spreadBasisPoints: 5, simulatedPrice: "3200", simulatedVolatility: 90 },
  { symbol: "SOL/USD", name: "Solana", priceDecimals: 3, spreadBasisPoints: 8, simulatedPrice: "150", simulatedVolatility: 110 },
  { symbol: "XRP/USD", name: "XRP", priceDecimals: 5, spreadBasisPoints: 8, simulatedPrice: "0.6", simulatedVolatility: 100 },
  { symbol: "ADA/USD", name: "Cardano", priceDecimals: 5, spreadBasisPoints: 10, simulatedPrice: "0.45", simulatedVolatility: 100 },
  { symbol: "DOGE/USD", name: "Dogecoin", priceDecimals: 6, spreadBasisPoints: 12, simulatedPrice: "0.12", simulatedVolatility: 130 },
  { symbol: "AVAX/USD", name: "Avalanche", priceDecimals: 3, spreadBasisPoints: 10, simulatedPrice: "28", simulatedVolatility: 120 },
  { symbol: "LINK/USD", name: "Chainlink", priceDecimals: 4, spreadBasisPoints: 10, simulatedPrice: "14", simulatedVolatility: 110 },
  { symbol: "DOT/USD", name: "Polkadot", priceDecimals: 4, spreadBasisPoints: 10, simulatedPrice: "6.2", simulatedVolatility: 110 },
  { symbol: "LTC/USD", name: "Litecoin", priceDecimals: 2, spreadBasisPoints: 8, simulatedPrice: "82", simulatedVolatility: 90 },
];

const bySymbol: ReadonlyMap<string, Instrument> = new Map(instruments.map((one) => [one.symbol, one]));

/** The instrument of a symbol, `BTC/USD` or, as it stands in a path, `BTC-USD`. */
export function findInstrument(symbol: string): Instrument | undefined {
  return bySymbol.get(symbol.replace("-", "/"));
}

/** All symbols, for messages: `BTC/USD, ETH/USD, ...`. */
export const knownSymbols: string = instruments.map((one) => one.symbol).join(", ");
