import { describe, expect, test } from "vitest";
import { STACKS } from "../../../../infra/engine/model.ts";
import { clusterStack, object, ofKind } from "../../../support/kubernetes-stacks.ts";

const stacks = STACKS.map((stack) => clusterStack(stack));

/** `edge > gateway 8000` for everything that policies allow on one side. */
function allowed(side: "ingress" | "egress"): string[] {
  return stacks
    .flatMap((stack) => ofKind(stack, "NetworkPolicy"))
    .flatMap(({ metadata, spec }) => {
      const own = metadata.labels["astratrade.workload"];
      if (own === undefined || spec === undefined) return [];
      const rules = side === "ingress" ? (spec.ingress ?? []).map((rule) => ({ peers: rule.from, ports: rule.ports })) : (spec.egress ?? []).map((rule) => ({ peers: rule.to, ports: rule.ports }));
      return rules.flatMap(({ peers, ports }) =>
        (peers ?? []).flatMap((peer) => {
          const other = peer.podSelector?.matchLabels?.["astratrade.workload"];
          if (other === undefined) return [];
          return (ports ?? []).map((port) => (side === "ingress" ? `${other} > ${own} ${port.port}` : `${own} > ${other} ${port.port}`));
        }),
      );
    });
}

describe("network policies", () => {
  test("forbid everything first, and let every pod ask for names", () => {
    const foundation = clusterStack("foundation");
    expect(object(foundation, "NetworkPolicy", "deny-by-default").spec).toEqual({ podSelector: {}, policyTypes: ["Ingress", "Egress"] });
    expect(object(foundation, "NetworkPolicy", "allow-dns").spec?.egress?.[0]?.ports?.map((port) => [port.protocol, port.port])).toEqual([["UDP", 53], ["TCP", 53]]);
  });

  test("allow on both ends the same connections", () => {
    const [out, into] = [new Set(allowed("egress")), new Set(allowed("ingress"))];
    expect([...out].toSorted()).toEqual([...into].toSorted());
    expect(out.size).toBeGreaterThan(40);
  });

  test("let only those reach the stores who use them, and only the gateway reach the services, but for edge and scrapes", () => {
    const into = new Set(allowed("ingress"));
    const callers = (target: string) => [...into].filter((line) => line.includes(`> ${target}`)).map((line) => line.split(" ")[0]).toSorted();
    expect(callers("postgres 5432")).toEqual(["financial", "gamification", "migrate", "nft", "postgres-exporter", "social", "trading", "user"]);
    expect(callers("redis 6379")).toEqual(["agent", "financial", "gamification", "gateway", "migrate", "nft", "redis-exporter", "social", "trading", "user"]);
    expect(callers("trading 8001")).toEqual(["edge", "gateway", "prometheus"]);
    expect(callers("trading 8099")).toEqual(["edge"]);
    expect(callers("alertmanager 9093")).toEqual(["prometheus"]);
    expect(callers("agent 8080")).toEqual(["alertmanager", "prometheus"]);
  });

  test("let everyone reach the edge's public port, and nothing else", () => {
    const open = stacks.flatMap((stack) => ofKind(stack, "NetworkPolicy")).flatMap(({ metadata, spec }) =>
      (spec?.ingress ?? []).filter((rule) => rule.from === undefined).map((rule) => [metadata.name, rule.ports?.map((port) => port.port)]),
    );
    expect(open).toEqual([["edge", [8000]]]);
  });

  test.each<[string, unknown]>([
    ["https://alerts.example.com/hook", { to: [{ ipBlock: { cidr: "0.0.0.0/0" } }, { ipBlock: { cidr: "::/0" } }], ports: [{ protocol: "TCP", port: 443 }] }],
    ["http://192.0.2.7:9095/", { to: [{ ipBlock: { cidr: "0.0.0.0/0" } }, { ipBlock: { cidr: "::/0" } }], ports: [{ protocol: "TCP", port: 9095 }] }],
    ["http://receiver.team.svc:8080/hook", { to: [{ namespaceSelector: {} }] }],
  ])("let Alertmanager reach its receiver %s, and nothing else outside", (alertWebhook, expected) => {
    const policy = object(clusterStack("foundation", { alertWebhook }), "NetworkPolicy", "alertmanager");
    expect(policy.spec?.egress?.filter((rule) => JSON.stringify(rule).includes("astratrade.workload") === false)).toEqual([expected]);
  });

  test("let nobody call outside who has nothing to call there", () => {
    const outside = stacks.flatMap((stack) => ofKind(stack, "NetworkPolicy")).filter(({ metadata, spec }) =>
      metadata.name !== "allow-dns" && (spec?.egress ?? []).some((rule) => rule.to?.some((peer) => peer.ipBlock !== undefined)),
    );
    expect(outside).toEqual([]);
  });
});
