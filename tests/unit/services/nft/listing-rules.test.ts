import { Decimal } from "decimal.js";
import { describe, expect, it } from "vitest";
import { requireBuyer, requireOpen, requirePrice } from "../../../../services/nft/listing-rules.ts";

describe("listing rules (R-SVC-1, R-SVC-4)", () => {
  it.each(["1", "1.00", "1000000"])("take a price of %s", (price) => {
    expect(() => requirePrice(new Decimal(price))).not.toThrow();
  });

  it.each(["0.99", "0", "-5", "1000000.01"])("refuse a price of %s and name the field", (price) => {
    expect(() => requirePrice(new Decimal(price))).toThrow(
      expect.objectContaining({
        status: 422,
        code: "price-out-of-bounds",
        errors: [{ path: "/body/price", message: "takes 1.00 to 1000000.00" }],
      }),
    );
  });

  it("refuse a price of fractions of a cent", () => {
    expect(() => requirePrice(new Decimal("1.001"))).toThrow(
      expect.objectContaining({ errors: [{ path: "/body/price", message: "takes at most 2 decimals" }] }),
    );
  });

  it.each([
    ["sold", "is sold already"],
    ["cancelled", "was cancelled by its seller"],
  ] as const)("end with a listing that is %s", (status, message) => {
    expect(() => requireOpen(status)).toThrow(
      expect.objectContaining({ status: 409, code: "listing-ended", errors: [{ path: "/params/id", message }] }),
    );
  });

  const listing = { sellerId: 1000, price: new Decimal("25") };

  it("let nobody buy from themselves", () => {
    expect(() => requireBuyer({ id: 1000, balance: new Decimal(100) }, listing)).toThrow(
      expect.objectContaining({ status: 409, code: "own-listing" }),
    );
  });

  it("let a buyer spend the whole wallet and not a cent more", () => {
    expect(() => requireBuyer({ id: 1001, balance: new Decimal("25") }, listing)).not.toThrow();
    expect(() => requireBuyer({ id: 1001, balance: new Decimal("24.99") }, listing)).toThrow(
      expect.objectContaining({
        status: 422,
        code: "insufficient-balance",
        errors: [{ path: "/params/id", message: "costs 25.00; the wallet holds 24.99" }],
      }),
    );
  });
});
