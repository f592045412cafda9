import type { Decimal } from "decimal.js";
import { Problem, type FieldError } from "../base/problem.ts";
import { PRICE_DECIMALS } from "./commission.ts";

const MIN_PRICE = "1.00";
const MAX_PRICE = "1000000.00";

export type ListingStatus = "open" | "sold" | "cancelled";

/** @throws Problem `price-out-of-bounds` (422), which names the field. */
export function requirePrice(price: Decimal): void {
  const errors: FieldError[] = [];
  if (price.decimalPlaces() > PRICE_DECIMALS) {
    errors.push({ path: "/body/price", message: `takes at most ${PRICE_DECIMALS} decimals` });
  }
  if (price.lt(MIN_PRICE) || price.gt(MAX_PRICE)) {
    errors.push({ path: "/body/price", message: `takes ${MIN_PRICE} to ${MAX_PRICE}` });
  }
  if (errors.length > 0) throw new Problem({ status: 422, code: "price-out-of-bounds", title: "The price is out of bounds", errors });
}

/** @throws Problem `listing-ended` (409) for a listing that is sold or cancelled. */
export function requireOpen(status: ListingStatus): void {
  if (status === "open") return;
  throw new Problem({
    status: 409,
    code: "listing-ended",
    title: "The listing has ended",
    errors: [{ path: "/params/id", message: status === "sold" ? "is sold already" : "was cancelled by its seller" }],
  });
}

/** @throws Problem `own-listing` (409), or `insufficient-balance` (422). */
export function requireBuyer(buyer: { readonly id: number; readonly balance: Decimal }, listing: { readonly sellerId: number; readonly price: Decimal }): void {
  if (buyer.id === listing.sellerId) {
    throw new Problem({
      status: 409,
      code: "own-listing",
      title: "Nobody buys from themselves",
      errors: [{ path: "/params/id", message: "is your own listing; cancel it instead" }],
    });
  }
  if (buyer.balance.lt(listing.price)) {
    throw new Problem({
      status: 422,
      code: "insufficient-balance",
      title: "The wallet holds too little",
      errors: [
        {
          path: "/params/id",
          message: `costs ${listing.price.toFixed(PRICE_DECIMALS)}; the wallet holds ${buyer.balance.toFixed(PRICE_DECIMALS)}`,
        },
      ],
    });
  }
}
