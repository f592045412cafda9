import type { INetworkPolicySpec, INetworkPolicyPeer } from "kubernetes-models/networking.k8s.io/v1";
import type { Flow } from "../platform/flows.ts";
import { LABELS } from "../platform/labels.ts";
import type { Settings } from "../platform/settings.ts";
import type { Workload } from "../platform/workload.ts";
import { namespaceName, objectMetadata, selectorLabels } from "./identity.ts";
import type { Manifest } from "./manifest.ts";

const DNS_PORT = 53;
/** Where a node's own DNS cache listens, on clusters that have one. */
const NODE_LOCAL_DNS = "169.254.20.10/32";
const ANYWHERE: readonly string[] = ["0.0.0.0/0", "::/0"];

/** Pods of a workload, of both colours. */
function podsOf(workload: string, settings: Settings): INetworkPolicyPeer {
  return { podSelector: { matchLabels: selectorLabels(workload, { environment: settings.environment }) } };
}

/** Ports by the workload at the other end, in a fixed order. */
function portsBy(end: "from" | "to", wanted: readonly Flow[]): readonly (readonly [string, readonly number[]])[] {
  const ends = [...new Set(wanted.map((flow) => flow[end]))].sort();
  return ends.map((name) => [
    name,
    [...new Set(wanted.filter((flow) => flow[end] === name).map((flow) => flow.port))].sort((a, b) => a - b),
  ]);
}

/** Names that only a cluster's own DNS knows: `receiver`, `receiver.team.svc`. */
function isInCluster(host: string): boolean {
  return !/^[\d.]+$/.test(host) && (/\.svc(\.|$)/.test(host) || host.split(".").length === 1);
}

/** What lets a workload reach an address. A Service's port is not its pods', and it is theirs that a policy sees. */
function egressTo(address: string): NonNullable<INetworkPolicySpec["egress"]>[number] {
  const { hostname, port, protocol } = new URL(address);
  if (isInCluster(hostname)) return { to: [{ namespaceSelector: {} }] };
  return { to: ANYWHERE.map((cidr) => ({ ipBlock: { cidr } })), ports: [tcp(port === "" ? (protocol === "https:" ? 443 : 80) : Number(port))] };
}

const tcp = (port: number) => ({ protocol: "TCP" as const, port });

/** Nothing in this namespace is reached or reaches out, but for what a workload's own policy adds. Names can be asked for. */
export function denyByDefault(settings: Settings): readonly Manifest[] {
  const metadata = (name: string) => ({
    name,
    namespace: namespaceName(settings),
    labels: { [LABELS.environment]: settings.environment },
  });
  return [
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: metadata("deny-by-default"),
      spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    },
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: metadata("allow-dns"),
      spec: {
        podSelector: {},
        policyTypes: ["Egress"],
        egress: [
          {
            to: [{ namespaceSelector: {} }, { ipBlock: { cidr: NODE_LOCAL_DNS } }],
            ports: [{ protocol: "UDP", port: DNS_PORT }, tcp(DNS_PORT)],
          },
        ],
      },
    },
  ];
}

/** What may reach a workload and what it may reach: exactly the platform's flows. Kept only by a network plugin that knows policies. */
export function networkPolicy(workload: Workload, all: readonly Flow[], settings: Settings): Manifest {
  const open = workload.ports.filter((port) => port.publish?.exposure === "public").map((port) => tcp(port.container));
  const ingress: NonNullable<INetworkPolicySpec["ingress"]> = [
    ...(open.length > 0 ? [{ ports: open }] : []),
    ...portsBy("from", all.filter((flow) => flow.to === workload.name)).map(([from, ports]) => ({
      from: [podsOf(from, settings)],
      ports: ports.map(tcp),
    })),
  ];
  const egress: NonNullable<INetworkPolicySpec["egress"]> = [
    ...portsBy("to", all.filter((flow) => flow.from === workload.name)).map(([to, ports]) => ({
      to: [podsOf(to, settings)],
      ports: ports.map(tcp),
    })),
    ...(workload.callsUrls ?? []).map(egressTo),
    ...(workload.callsOutside === true ? [{ to: ANYWHERE.map((cidr) => ({ ipBlock: { cidr } })) }] : []),
  ];
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: objectMetadata(workload.name, settings),
    spec: {
      podSelector: { matchLabels: selectorLabels(workload.name, settings) },
      policyTypes: ["Ingress", "Egress"],
      // An empty list is dropped by the server, and then differs at each apply.
      ...(ingress.length > 0 ? { ingress } : {}),
      ...(egress.length > 0 ? { egress } : {}),
    },
  };
}
