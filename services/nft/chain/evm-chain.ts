import {
  createPublicClient,
  createWalletClient,
  type Hex,
  http,
  keccak256,
  toBytes,
  type Transport,
  type Chain as ViemChain,
  type PrivateKeyAccount,
  type PublicClient,
  type WalletClient,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { ASTRA_TOKEN_ABI } from "../contract/_gen/astra-token.ts";
import type { Chain, ChainReceipt, MintReceipt } from "./chain.ts";
import { ChainUnavailable } from "./chain-unavailable.ts";
import { custodyAddress } from "./custody-address.ts";

export interface EvmChainOptions {
  /** JSON-RPC address of a node. */
  readonly url: string;
  /** Address of the deployed contract. */
  readonly contract: Hex;
  /** Key of the account that deployed the contract: it alone mints and settles. */
  readonly privateKey: Hex;
  /** Blocks on top of an operation's own before it counts as final, >= 0. */
  readonly finalAfter: number;
  /** Longest wait for one answer of the node, in milliseconds. @default 5000 */
  readonly requestTimeoutMs?: number;
  /** Longest wait for a transaction to be in a block, in milliseconds: callers hold a database transaction. @default 20000 */
  readonly receiptTimeoutMs?: number;
  /** How often the node is asked for a receipt, in milliseconds. @default 250 */
  readonly pollMs?: number;
}

interface Clients {
  readonly chain: ViemChain;
  readonly reader: PublicClient<Transport, ViemChain>;
  readonly writer: WalletClient<Transport, ViemChain, PrivateKeyAccount>;
}

type Operation = { readonly call: "mint"; readonly to: Hex } | { readonly call: "settle"; readonly to: Hex; readonly tokenId: bigint };

/** Another instance with the same account was quicker; the next try takes the next number. */
const NONCE_ATTEMPTS = 5;

/**
 * Tokens of an ERC-721 contract on any EVM chain. The contract knows operations by their ids: one that comes again has no
 * second effect, and its receipt is found by its event.
 */
export class EvmChain implements Chain {
  readonly name = "evm";
  readonly finalAfter: number;
  readonly #options: EvmChainOptions;
  readonly #account: PrivateKeyAccount;
  #clients: Promise<Clients> | undefined;
  /** Sends are one after the other: each takes the account's next number. */
  #sending: Promise<unknown> = Promise.resolve();

  constructor(options: EvmChainOptions) {
    this.#options = options;
    this.finalAfter = options.finalAfter;
    this.#account = privateKeyToAccount(options.privateKey);
  }

  async mint({ id, ownerId }: { readonly id: string; readonly ownerId: number }): Promise<MintReceipt> {
    const operation = operationId(id);
    const receipt = await this.#once(operation, { call: "mint", to: custodyAddress(ownerId) });
    return { ...receipt, tokenId: BigInt(operation).toString() };
  }

  transfer({ id, tokenId, toId }: { readonly id: string; readonly tokenId: string; readonly toId: number }): Promise<ChainReceipt> {
    return this.#once(operationId(id), { call: "settle", to: custodyAddress(toId), tokenId: BigInt(tokenId) });
  }

  async height(): Promise<number> {
    return this.#asking(async ({ reader }) => Number(await reader.getBlockNumber({ cacheTime: 0 })));
  }

  /** Owner of a token as of a block; absent where it was not there yet. */
  async ownerAt(tokenId: string, blockNumber: number): Promise<Hex | undefined> {
    return this.#asking(async ({ reader }) => {
      const made = await this.#done(reader, tokenId, BigInt(blockNumber));
      if (!made) return undefined;
      return reader.readContract({
        address: this.#options.contract,
        abi: ASTRA_TOKEN_ABI,
        functionName: "ownerOf",
        args: [BigInt(tokenId)],
        blockNumber: BigInt(blockNumber),
      });
    });
  }

  #once(operation: Hex, what: Operation): Promise<ChainReceipt> {
    return this.#asking(async (clients) => {
      const earlier = await this.#earlier(clients, operation);
      if (earlier !== undefined) return earlier;
      const hash = await this.#send(clients, operation, what).catch(async (error: unknown) => {
        // Refused before it was sent: perhaps another instance has done it since we asked.
        const done = await this.#earlier(clients, operation);
        if (done !== undefined) return done;
        throw error;
      });
      if (typeof hash !== "string") return hash;
      const receipt = await clients.reader.waitForTransactionReceipt({
        hash,
        timeout: this.#options.receiptTimeoutMs ?? 20_000,
        pollingInterval: this.#options.pollMs ?? 250,
      });
      if (receipt.status === "success") return { transactionHash: hash, blockNumber: Number(receipt.blockNumber) };
      // Another instance sent the same operation between our question and our transaction.
      const done = await this.#earlier(clients, operation);
      if (done !== undefined) return done;
      throw new Error(`transaction ${hash} was reverted by the contract`);
    });
  }

  /** The receipt of an operation that took effect before. */
  async #earlier({ reader }: Clients, operation: Hex): Promise<ChainReceipt | undefined> {
    const { contract } = this.#options;
    const known = await reader.readContract({ address: contract, abi: ASTRA_TOKEN_ABI, functionName: "done", args: [operation] });
    if (!known) return undefined;
    const [log] = await reader.getContractEvents({
      address: contract,
      abi: ASTRA_TOKEN_ABI,
      eventName: "Done",
      args: { operation },
      fromBlock: 0n,
    });
    if (log === undefined) throw new Error(`the node knows operation ${operation} and not its event: it does not keep old logs`);
    return { transactionHash: log.transactionHash, blockNumber: Number(log.blockNumber) };
  }

  #send(clients: Clients, operation: Hex, what: Operation): Promise<Hex> {
    const sent = this.#sending.then(() => this.#trySend(clients, operation, what));
    this.#sending = sent.catch(() => undefined);
    return sent;
  }

  async #trySend({ chain, reader, writer }: Clients, operation: Hex, what: Operation): Promise<Hex> {
    const { contract: address } = this.#options;
    for (let attempt = 1; ; attempt += 1) {
      const nonce = await reader.getTransactionCount({ address: this.#account.address, blockTag: "pending" });
      const common = { address, abi: ASTRA_TOKEN_ABI, chain, account: this.#account, nonce } as const;
      try {
        return await (what.call === "mint"
          ? writer.writeContract({ ...common, functionName: "mint", args: [operation, what.to] })
          : writer.writeContract({ ...common, functionName: "settle", args: [operation, what.tokenId, what.to] }));
      } catch (error) {
        if (attempt === NONCE_ATTEMPTS || !/nonce|already known|replacement/i.test(String(error))) throw error;
      }
    }
  }

  async #done(reader: Clients["reader"], tokenId: string, blockNumber: bigint): Promise<boolean> {
    const operation: Hex = `0x${BigInt(tokenId).toString(16).padStart(64, "0")}`;
    const { contract } = this.#options;
    return reader.readContract({ address: contract, abi: ASTRA_TOKEN_ABI, functionName: "done", args: [operation], blockNumber });
  }

  async #asking<T>(ask: (clients: Clients) => Promise<T>): Promise<T> {
    try {
      this.#clients ??= this.#connect();
      return await ask(await this.#clients);
    } catch (error) {
      this.#clients = undefined;
      throw new ChainUnavailable(error);
    }
  }

  /** The node says which chain it is of; signatures hold for that one alone. */
  async #connect(): Promise<Clients> {
    const transport = http(this.#options.url, { timeout: this.#options.requestTimeoutMs ?? 5_000, retryCount: 1 });
    const id = await createPublicClient({ transport }).getChainId();
    const chain: ViemChain = {
      id,
      name: "evm",
      nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
      rpcUrls: { default: { http: [this.#options.url] } },
    };
    return {
      chain,
      reader: createPublicClient({ chain, transport }),
      writer: createWalletClient({ chain, transport, account: this.#account }),
    };
  }
}

function operationId(id: string): Hex {
  return keccak256(toBytes(id));
}
