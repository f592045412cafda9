/** Currency of the marketplace, of subscriptions and of the business KPIs. */
export const PLATFORM_CURRENCY = "USD";

/**
 * Currency in which a symbol's amounts and fees are.
 *
 * @throws Error for anything but `<base>/<quote>`
 */
export function quoteCurrency(symbol: string): string {
  const quote = /^[A-Z0-9]{2,10}\/([A-Z0-9]{2,10})$/.exec(symbol)?.[1];
  if (quote === undefined) throw new Error(`asset symbol "${symbol}" is not of the form "BTC/USD"`);
  return quote;
}
