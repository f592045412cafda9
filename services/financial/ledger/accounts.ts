export type AccountKind = "asset" | "liability" | "equity" | "revenue" | "expense";

/** Chart of accounts. Each stands once for every currency that it has entries in. */
export const ACCOUNTS = {
  /** What trading has taken from players' accounts for us. */
  "trading-clearing": "asset",
  /** What the marketplace has kept back from sellers for us. */
  "marketplace-clearing": "asset",
  /** What players have paid from outside. */
  "payments-clearing": "asset",
  "trading-fees": "revenue",
  "marketplace-commission": "revenue",
  "subscriptions": "revenue",
} as const satisfies Record<string, AccountKind>;

export type Account = keyof typeof ACCOUNTS;

/** Accounts of a kind, in the order of the chart. */
export function accountsOf(kind: AccountKind): readonly Account[] {
  return (Object.keys(ACCOUNTS) as Account[]).filter((account) => ACCOUNTS[account] === kind);
}
