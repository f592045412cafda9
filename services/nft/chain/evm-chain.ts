import {
  createPublicClient,
  createWalletClient,
  encodeFunctionData,
  type Hex,
  http,
  keccak256,
  parseTransaction,
  toBytes,
  TransactionReceiptNotFoundError,
  type Transport,
  type Chain as ViemChain,
  type PrivateKeyAccount,
  type PublicClient,
  type WalletClient,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { ASTRA_TOKEN_ABI } from "../contract/_gen/astra-token.ts";
import type { Chain, ChainCall, ChainReceipt, Outcome, SignedCall } from "./chain.ts";
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
}

interface Clients {
  readonly chain: ViemChain;
  readonly reader: PublicClient<Transport, ViemChain>;
  readonly writer: WalletClient<Transport, ViemChain, PrivateKeyAccount>;
}

/** What nodes say of a transaction that they have, or that came into a block. */
const KNOWN_ALREADY = /already known|known transaction|already imported|nonce/i;

/** What nodes ask for at least, to take a transaction in another's place: an eighth more. */
const RAISE = { by: 9n, over: 8n } as const;

/**
 * Tokens of an ERC-721 contract on any EVM chain. The contract knows calls by their ids: one that comes again has no
 * second effect, and its receipt is found by its event.
 */
export class EvmChain implements Chain {
  readonly name = "evm";
  readonly key: string;
  readonly finalAfter: number;
  readonly #options: EvmChainOptions;
  readonly #account: PrivateKeyAccount;
  #clients: Promise<Clients> | undefined;

  constructor(options: EvmChainOptions) {
    this.#options = options;
    this.key = `evm:${options.contract.toLowerCase()}`;
    this.finalAfter = options.finalAfter;
    this.#account = privateKeyToAccount(options.privateKey);
  }

  tokenIdOf(mintId: string): string {
    return BigInt(operationId(mintId)).toString();
  }

  sign(call: ChainCall, { above = -1, instead }: Parameters<Chain["sign"]>[1]): Promise<SignedCall> {
    return this.#asking(async ({ chain, reader, writer }) => {
      const address = this.#account.address;
      const nonce = instead?.nonce ?? Math.max(above + 1, await reader.getTransactionCount({ address, blockTag: "pending" }));
      const { to, data } = { to: this.#options.contract, data: dataOf(call) };
      // Asked for first: a call that the contract would refuse takes no number.
      const estimated = await reader.estimateGas({ account: this.#account, to, data });
      // What a balance that is zero by then costs more is in the quarter on top.
      const common = { account: this.#account, chain, to, data, nonce, gas: estimated + estimated / 4n };
      const { baseFeePerGas } = await reader.getBlock({ includeTransactions: false });
      const payload = await (baseFeePerGas === null
        ? writer.signTransaction({ ...common, type: "legacy", ...raised({ gasPrice: await reader.getGasPrice() }, instead) })
        : writer.signTransaction({ ...common, type: "eip1559", ...raised(await eip1559Fees(reader, chain), instead) }));
      return { transactionHash: keccak256(payload), nonce, payload };
    });
  }

  send({ payload }: SignedCall): Promise<void> {
    return this.#asking(async ({ reader }) => {
      await reader.sendRawTransaction({ serializedTransaction: payload as Hex }).catch((error: unknown) => {
        if (!KNOWN_ALREADY.test(String(error))) throw error;
      });
    });
  }

  outcome(id: string, { transactionHash, nonce }: SignedCall): Promise<Outcome> {
    return this.#asking(async (clients) => {
      const { reader } = clients;
      // Before the receipt: a transaction that comes into a block in between is then waited for, not given up.
      const used = await reader.getTransactionCount({ address: this.#account.address, blockTag: "latest" });
      const receipt = await reader.getTransactionReceipt({ hash: transactionHash as Hex }).catch((error: unknown) => {
        if (error instanceof TransactionReceiptNotFoundError) return undefined;
        throw error;
      });
      if (receipt?.status === "success") return { state: "mined", transactionHash, blockNumber: Number(receipt.blockNumber) };
      if (receipt === undefined && used <= nonce) return { state: "waiting" };
      // It took effect in another transaction: of another colour, or in the place of this one.
      const earlier = await this.#earlier(clients, operationId(id));
      if (earlier !== undefined) return { state: "mined", ...earlier };
      return { state: receipt === undefined ? "lost" : "refused" };
    });
  }

  find(id: string): Promise<ChainReceipt | undefined> {
    return this.#asking((clients) => this.#earlier(clients, operationId(id)));
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

  /** The receipt of an operation that took effect, by its event. */
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

function dataOf({ id, kind, chainTokenId, toId }: ChainCall): Hex {
  const [operation, to] = [operationId(id), custodyAddress(toId)];
  return kind === "mint"
    ? encodeFunctionData({ abi: ASTRA_TOKEN_ABI, functionName: "mint", args: [operation, to] })
    : encodeFunctionData({ abi: ASTRA_TOKEN_ABI, functionName: "settle", args: [operation, BigInt(chainTokenId), to] });
}

async function eip1559Fees(reader: Clients["reader"], chain: ViemChain): Promise<{ maxFeePerGas: bigint; maxPriorityFeePerGas: bigint }> {
  const { maxFeePerGas, maxPriorityFeePerGas } = await reader.estimateFeesPerGas({ chain, type: "eip1559" });
  return { maxFeePerGas, maxPriorityFeePerGas };
}

/** What the chain asks now, and enough to take the place of a transaction that offered less. */
function raised<T extends Readonly<Record<string, bigint>>>(now: T, instead: SignedCall | undefined): T {
  if (instead === undefined) return now;
  const before: Readonly<Record<string, unknown>> = parseTransaction(instead.payload as Hex);
  return Object.fromEntries(
    Object.entries(now).map(([fee, asked]) => {
      const offered = before[fee];
      const least = typeof offered === "bigint" ? (offered * RAISE.by) / RAISE.over + 1n : 0n;
      return [fee, asked > least ? asked : least];
    }),
  ) as T;
}
