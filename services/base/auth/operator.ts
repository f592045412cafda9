import { createHash, timingSafeEqual } from "node:crypto";

/** `blue` or `green`: leads an operator's request to that colour, whatever its weight. */
export const COLOUR_HEADER = "x-astra-colour";
/** Carries the operator's token; it never travels beyond the process that checks it. */
export const OPERATOR_HEADER = "x-astra-operator-token";

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Checks the operator's token, in the same time whatever was sent. */
export class OperatorCheck {
  readonly #expected: Buffer | undefined;

  /** @param token The secret; absent: nobody is an operator here. */
  constructor(token: string | undefined) {
    this.#expected = token === undefined ? undefined : digest(token);
  }

  isOperator(header: string | string[] | undefined): boolean {
    return this.#expected !== undefined && typeof header === "string" && timingSafeEqual(digest(header), this.#expected);
  }
}
