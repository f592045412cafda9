import { describe, expect, it } from "vitest";
import { correlationIdOf, currentCorrelationId, withCorrelationId } from "../../../../services/base/correlation.ts";

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe("the correlation id (R-GW-6)", () => {
  it.each(["12345678", "a.b_c-D9", "x".repeat(128)])("is the caller's where it is well-formed: %s", (id) => {
    expect(correlationIdOf(id)).toBe(id);
  });

  it.each([undefined, "", "1234567", "x".repeat(129), "has space", "new\nline", ["12345678", "87654321"]])("is made where the caller's is %s", (id) => {
    expect(correlationIdOf(id)).toMatch(UUID_V7);
  });

  it("is known to everything below, and to nothing outside", async () => {
    const seen = await withCorrelationId("outer-123", async () => {
      await Promise.resolve();
      return currentCorrelationId();
    });
    expect(seen).toBe("outer-123");
    expect(currentCorrelationId()).toBeUndefined();
  });
});
