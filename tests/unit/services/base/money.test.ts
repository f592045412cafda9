import { describe, expect, it } from "vitest";
import { formatMoney, parseMoney } from "../../../../services/base/money.ts";

describe("an amount", () => {
  it.each([
    [1000, "1000"],
    [0.1, "0.1"],
    ["0.10", "0.1"],
    ["1000.000000000000000001", "1000.000000000000000001"],
    ["12345678901234567890", "12345678901234567890"],
    [1e-7, "0.0000001"],
    ["-0", "0"],
  ])("of %s is emitted as %s", (input, output) => {
    expect(formatMoney(parseMoney(input))).toBe(output);
  });

  it("adds up exactly", () => {
    expect(formatMoney(parseMoney(0.1).plus(parseMoney("0.2")))).toBe("0.3");
  });

  it.each([Number.NaN, Infinity, 2 ** 53, "1e5", "", "1,5", "1.", ".5", "123456789012345678901"])("of %s is refused", (input) => {
    expect(() => parseMoney(input)).toThrow(expect.objectContaining({ code: "invalid-amount", status: 400 }));
  });
});
