/** Proof that a chain has taken an operation. */
export interface ChainReceipt {
  /** `0x` and 64 hex digits. */
  readonly transactionHash: string;
  /** Block that holds it. */
  readonly blockNumber: number;
}

export interface MintReceipt extends ChainReceipt {
  /** The token's number in its contract, [0, 2^256), as decimal text. */
  readonly tokenId: string;
}

/**
 * Where tokens live. Operations are known by an id that the caller gives: the same id again gives the same receipt
 * and has no second effect, so that a caller who died before its commit simply asks again.
 */
export interface Chain {
  /** For people. */
  readonly name: string;
  /** Blocks on top of an operation's own before it counts as final, >= 0. */
  readonly finalAfter: number;
  mint(operation: { readonly id: string; readonly ownerId: number }): Promise<MintReceipt>;
  transfer(operation: { readonly id: string; readonly tokenId: string; readonly toId: number }): Promise<ChainReceipt>;
  /** Number of the newest block. */
  height(): Promise<number>;
}
