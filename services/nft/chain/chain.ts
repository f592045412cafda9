/** What the platform wants of a chain: a new token, or a token for another owner. Known by an id that is never used twice. */
export interface ChainCall {
  readonly id: string;
  readonly kind: "mint" | "transfer";
  /** The token's number in its contract, [0, 2^256), as decimal text. */
  readonly chainTokenId: string;
  /** User who owns it then. */
  readonly toId: number;
}

/** A call as it can be sent, again and again: all of its sendings are the one transaction of this hash. */
export interface SignedCall {
  /** `0x` and 64 hex digits. */
  readonly transactionHash: string;
  /** Number of the account's transaction: of all with the same one the chain takes one. */
  readonly nonce: number;
  /** What is sent. */
  readonly payload: string;
}

/** Proof that a chain has taken a call. */
export interface ChainReceipt {
  /** `0x` and 64 hex digits. */
  readonly transactionHash: string;
  /** Block that holds it. */
  readonly blockNumber: number;
}

/** What has become of a signed call. */
export type Outcome =
  | ({ readonly state: "mined" } & ChainReceipt)
  /** It may still come into a block. */
  | { readonly state: "waiting" }
  /** It never will: another transaction took its number. The call has to be signed anew. */
  | { readonly state: "lost" }
  /** It is in a block, where the contract refused it. */
  | { readonly state: "refused" };

/**
 * Where tokens live. A call is signed, written down, and only then sent, so that whoever died in between sends the same
 * transaction again; and a contract takes a call's id once, whatever transaction it comes in.
 * Every method throws `ChainUnavailable` where the chain cannot be asked.
 */
export interface Chain {
  /** For people: `evm`. */
  readonly name: string;
  /** What tokens and calls of this chain are kept under; never changed. */
  readonly key: string;
  /** Blocks on top of a call's own before it counts as final, >= 0. */
  readonly finalAfter: number;
  /** Number that the token of a mint will have. */
  tokenIdOf(mintId: string): string;
  /**
   * Makes a call ready to be sent. `above`: numbers up to this one are given away already. `instead`: a signed call of the
   * same id that does not come into a block; the new one keeps its number and pays more.
   */
  sign(call: ChainCall, options: { readonly above?: number | undefined; readonly instead?: SignedCall | undefined }): Promise<SignedCall>;
  /** Sends it; what the chain has already is no fault. */
  send(signed: SignedCall): Promise<void>;
  outcome(id: string, signed: SignedCall): Promise<Outcome>;
  /** The receipt of a call that took effect, in whatever transaction. */
  find(id: string): Promise<ChainReceipt | undefined>;
  /** Number of the newest block. */
  height(): Promise<number>;
}
