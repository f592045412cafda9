import { type Hex, keccak256, toBytes } from "viem";

/**
 * Address that stands for a user in the contract. Nobody has a key to it: the platform holds its users' tokens in custody,
 * and the contract lets it alone move them.
 */
export function custodyAddress(userId: number): Hex {
  return `0x${keccak256(toBytes(`astratrade:user:${userId}`)).slice(-40)}`;
}
