import { describe, expect, it } from "vitest";
import { seal, unseal } from "../../../../services/user/sealed.ts";

const secret = "a secret of forty-eight characters, or about that";

describe("sealed text", () => {
  it("opens with the same secret and context", () => {
    expect(unseal(seal("private", secret, "key-1"), secret, "key-1")).toBe("private");
  });

  it("does not show what it holds", () => {
    expect(seal("private", secret, "key-1").includes("private")).toBe(false);
  });

  it("is another one each time", () => {
    expect(seal("private", secret, "key-1").equals(seal("private", secret, "key-1"))).toBe(false);
  });

  it("does not open with another secret", () => {
    expect(() => unseal(seal("private", secret, "key-1"), `${secret}!`, "key-1")).toThrow();
  });

  it("does not open in another row", () => {
    expect(() => unseal(seal("private", secret, "key-1"), secret, "key-2")).toThrow();
  });

  it("does not open when a bit has changed", () => {
    const sealed = seal("private", secret, "key-1");
    sealed.writeUInt8(sealed.readUInt8(sealed.length - 1) ^ 1, sealed.length - 1);
    expect(() => unseal(sealed, secret, "key-1")).toThrow();
  });
});
