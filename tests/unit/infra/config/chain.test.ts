import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readGivenSecrets } from "../../../../infra/config/given-secrets.ts";
import { configProblems, readStack, type StackConfigOptions } from "../../../support/stack-config.ts";

const KEY = `0x${"5e".repeat(32)}`;
const contract = `0x${"Ab".repeat(20)}`;
const url = "http://node.example.com:8545";
const chain = { url, contract, keyFile: "chain.key" };

const read = (values: Record<string, unknown>, options: StackConfigOptions = {}) => readStack({ colour: "blue", ...values }, options);
const readFoundation = (values: Record<string, unknown>) => readStack(values, { stackName: "dev" });
const problems = (values: Record<string, unknown>, options: StackConfigOptions = {}) => configProblems(() => read(values, options));

describe("R-SVC-1 the chain of a stack", () => {
  test("is simulated unless config names a node, a contract and a key", () => {
    expect(read({})).not.toHaveProperty("chain");
    expect(read({ chain: { ...chain, confirmations: "0" } }).chain).toEqual({ ...chain, confirmations: 0 });
    expect(read({ chain: JSON.stringify(chain) }).chain).toEqual(chain);
    const inPulumi = read({ chain: { url, contract }, chainKey: KEY }, { origin: "pulumi", secretKeys: ["chainKey"] });
    expect(inPulumi.chain).toEqual({ url, contract });
    expect(JSON.stringify(inPulumi)).not.toContain(KEY);
  });

  test("is refused in parts, each with what is missing", () => {
    expect(problems({ chain: { url } })).toEqual([
      `astratrade:chain.contract: takes the address that npm run contract:deploy told (got nothing). Fix: set astratrade:chain.contract to 0x${"0".repeat(40)} in Pulumi.blue.yaml`,
      "astratrade:chain.keyFile: takes a file with the private key of the account that deployed the contract, unless astratrade:chainKey is set (got nothing). " +
        "Fix: set astratrade:chain.keyFile to chain.key in Pulumi.blue.yaml; or pulumi config set --secret astratrade:chainKey --stack blue, which asks for it",
    ]);
    expect(problems({ chain: { contract, keyFile: "k" } })[0]).toContain("astratrade:chain.url: takes the JSON-RPC address of an EVM node (got nothing)");
  });

  test.each<[string, Record<string, unknown>, string]>([
    ["a contract that is no address", { contract: "0x12" }, 'astratrade:chain.contract: takes the address that npm run contract:deploy told, 0x and 40 hex digits (got "0x12")'],
    ["an address with a password in it", { url: "https://me:secret@node.example.com" }, "astratrade:chain.url: takes the JSON-RPC address of an EVM node, http:// or https://, without a user or a password in it"],
    ["more confirmations than 1000", { confirmations: "1001" }, "astratrade:chain.confirmations: takes an integer number of blocks, 0 to 1000 (got"],
    ["an unknown key", { confirmation: "3" }, 'astratrade:chain.confirmation: unknown key (did you mean "confirmations"?)'],
    ["a node on localhost, which no container reaches", { url: "http://localhost:8545" }, "astratrade:chain.url: takes an address that containers reach; there, localhost is the container itself"],
  ])("is refused with %s", (_, values, line) => {
    expect(problems({ chain: { ...chain, ...values } })).toEqual([expect.stringContaining(line)]);
  });

  test("takes its key from one place, encrypted, and never shows it", () => {
    const values = { chain: { url, contract }, chainKey: KEY };
    const cases = [
      problems(values),
      problems(values, { origin: "flag" }),
      problems(values, { origin: "pulumi" }),
      problems({ ...values, chainKey: `${KEY}00` }, { origin: "pulumi", secretKeys: ["chainKey"] }),
      problems({ ...values, chain }, { origin: "pulumi", secretKeys: ["chainKey"] }),
      problems({ chainKey: KEY }, { origin: "pulumi", secretKeys: ["chainKey"] }),
    ];
    expect(cases.map(([first = ""]) => first.split(". Fix:")[0])).toEqual([
      "astratrade:chainKey: is taken from Pulumi's own config only, where it is encrypted",
      "astratrade:chainKey: is taken from Pulumi's own config only, where it is encrypted",
      "astratrade:chainKey: stands in clear",
      "astratrade:chainKey: takes the private key of the account that deployed the contract, 0x and 64 hex digits (got a secret value, not shown)",
      "astratrade:chain.keyFile: is one key too many beside astratrade:chainKey",
      "astratrade:chainKey: is the key of astratrade:chain, which is not set",
    ]);
    expect(JSON.stringify(cases)).not.toContain(KEY.slice(2));
  });

  test("needs no key in the foundation, which runs nothing that signs", () => {
    expect(readFoundation({ chain: { url, contract } }).chain).toEqual({ url, contract });
  });
});

describe("the key of the contract's account", () => {
  const folder = mkdtempSync(join(tmpdir(), "chain-key-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const settings = read({ chain });

  test("is what Pulumi has decrypted, else what the file holds, below the project or by its whole path", () => {
    writeFileSync(join(folder, "chain.key"), `${KEY}\n`);
    expect(readGivenSecrets(settings, folder)).toEqual({ chain_key: KEY });
    expect(readGivenSecrets(read({ chain: { ...chain, keyFile: join(folder, "chain.key") } }), "/nowhere")).toEqual({ chain_key: KEY });
    expect(readGivenSecrets(read({ chain }), "/nowhere", { chain_key: KEY })).toEqual({ chain_key: KEY });
    expect(readGivenSecrets(read({}), folder)).toEqual({});
  });

  test("is missed with its path, and never shown where the file holds something else", () => {
    expect(() => readGivenSecrets(settings, "/nowhere")).toThrow("/nowhere/chain.key cannot be read (ENOENT): astratrade:chain.keyFile names the file");
    const wrong = join(folder, "wrong");
    writeFileSync(wrong, KEY.slice(2));
    chmodSync(wrong, 0o600);
    const failing = () => readGivenSecrets(read({ chain: { ...chain, keyFile: wrong } }), folder);
    expect(failing).toThrow(`${wrong} holds no private key`);
    expect(failing).not.toThrow(KEY.slice(2));
  });
});
