import { Decimal } from "decimal.js";
import { Type } from "typebox";
import { Problem } from "./problem.ts";

// One setting for the whole process: results must not depend on which module made the first operand.
Decimal.set({ precision: 40, rounding: Decimal.ROUND_HALF_EVEN });

const DECIMAL_TEXT = "^-?[0-9]{1,20}(\\.[0-9]{1,18})?$";
const pattern = new RegExp(DECIMAL_TEXT);

/** An amount as callers send it: a JSON number, or a decimal string of up to 20 digits before and 18 after the point. */
export const MoneySchema = Type.Union([Type.Number(), Type.String({ pattern: DECIMAL_TEXT })], {
  description: "Exact amount: JSON number, or decimal string such as \"1000.25\".",
});

/** An amount as it is always emitted. */
export const MoneyTextSchema = Type.String({ pattern: DECIMAL_TEXT, description: "Exact amount as decimal string." });

/**
 * Exact value of an amount.
 * @throws Problem `invalid-amount` (400) where it is no number, or one that JSON cannot carry exactly.
 */
export function parseMoney(value: number | string): Decimal {
  if (typeof value === "number") {
    if (Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER) return new Decimal(String(value));
    throw invalid("A number beyond 2^53 is not exact in JSON. Send it as a decimal string.");
  }
  if (!pattern.test(value)) throw invalid("An amount is a decimal such as \"1000.25\".");
  return new Decimal(value);
}

/** Decimal text without exponent: `0.00000001`, `1000.5`. */
export function formatMoney(amount: Decimal): string {
  return amount.isZero() ? "0" : amount.toFixed();
}

function invalid(detail: string): Problem {
  return new Problem({ status: 400, code: "invalid-amount", title: "Not an amount", detail });
}
