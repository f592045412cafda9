import { describe, expect, it } from "vitest";
import { readChainSettings } from "../../../../services/nft/settings.ts";
import { object, clusterStack, pods } from "../../../support/kubernetes-stacks.ts";
import { declaredStack, TYPES } from "../../../support/docker-stacks.ts";
import { testStack } from "../../../support/platform-models.ts";
import { opened } from "../../../support/pulumi-mocks.ts";

const contract = `0x${"ab".repeat(20)}`;
const overrides = {
  "chain.url": "https://node.example.com:8545",
  "chain.contract": contract,
  "chain.confirmations": "3",
  "chain.keyFile": "chain.key",
};

describe("R-SVC-1 the chain", () => {
  it("is told to nft alone, which alone gets the key, as a file", () => {
    const { containers } = testStack("blue", overrides);
    const told = containers.filter((spec) => Object.keys(spec.environment).some((key) => key.startsWith("ASTRA_CHAIN_")));
    expect(told.map((spec) => spec.workload)).toEqual(["nft"]);
    expect(told[0]?.environment).toMatchObject({
      ASTRA_CHAIN_URL: "https://node.example.com:8545",
      ASTRA_CHAIN_CONTRACT: contract,
      ASTRA_CHAIN_CONFIRMATIONS: "3",
    });
    const withKey = containers.filter((spec) => spec.mounts.some((mount) => mount.type === "secrets" && mount.names.includes("chain_key")));
    expect(withKey.map((spec) => spec.workload)).toEqual(["nft"]);
  });

  it("changes nothing where no chain is set", () => {
    expect(JSON.stringify(testStack("blue").containers)).not.toMatch(/chain_key|ASTRA_CHAIN/);
  });

  it("is told in the words that the service reads", () => {
    const nft = testStack("blue", overrides).containers.find((spec) => spec.workload === "nft");
    // No key here: what the service then says is about the key alone.
    expect(() => readChainSettings("/nowhere", nft?.environment ?? {})).toThrow(/^(?!.*ASTRA_CHAIN)[^]*chain_key/);
  });

  it("has its key brought by Pulumi as the other secrets are: uploaded as a secret into nft's own volume", async () => {
    const { resources } = await declaredStack("green", overrides, new Map(), { chain_key: "given-key" });
    const writers = resources.filter((resource) => resource.type === TYPES.container && JSON.stringify(resource.inputs).includes("given-key"));
    expect(writers.map(({ name }) => name)).toEqual(["green-secrets-writer"]);
    const uploads = opened(writers[0]?.inputs["uploads"]) as { file: string; content: string }[];
    expect(uploads.filter(({ content }) => content === "given-key").map(({ file }) => file)).toEqual(["/secrets/nft/chain_key"]);
  });

  it("is mounted on a cluster from the colour's own Secret beside the environment's, and the node is reached at its port alone", () => {
    const stack = clusterStack("blue", overrides);
    const nft = pods(stack).find((pod) => pod.workload.name === "nft");
    const secrets = nft?.spec.volumes?.find((volume) => volume.name === "secrets");
    expect(secrets?.projected).toEqual({
      defaultMode: 0o400,
      sources: [
        { secret: { name: "astratrade-secrets", items: ["postgres_nft_app", "redis"].map((key) => ({ key, path: key })) } },
        { secret: { name: "astratrade-secrets-blue", items: [{ key: "chain_key", path: "chain_key" }] } },
      ],
    });
    const outside = { to: ["0.0.0.0/0", "::/0"].map((cidr) => ({ ipBlock: { cidr } })), ports: [{ protocol: "TCP", port: 8545 }] };
    expect(object(stack, "NetworkPolicy", "nft-blue").spec?.egress).toContainEqual(outside);
    expect(object(stack, "NetworkPolicy", "trading-blue").spec?.egress).not.toContainEqual(outside);
  });
});
