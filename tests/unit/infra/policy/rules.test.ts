import { describe, expect, test } from "vitest";
import { checkContainer, checkPlatform, containerRules, describeViolation, platformForm } from "../../../../infra/policy/check.ts";
import { platformRules } from "../../../../infra/policy/platform-rules.ts";
import type { PlatformForm } from "../../../../infra/policy/rule.ts";
import type { ContainerForm } from "../../../../infra/platform/container-form.ts";
import { testForm } from "../../../support/container-forms.ts";
import { testStack } from "../../../support/platform-models.ts";

const GIB = 1024 ** 3;

interface Case {
  readonly rule: string;
  readonly workload: string;
  readonly change: (good: ContainerForm) => { readonly [K in keyof ContainerForm]?: ContainerForm[K] | undefined };
  readonly message: string;
}

const generated = ["gT4kPw9", "ZbQ2mXc7Lr", "8VnD5sHy3Jf"].join("");

/** One change each to a container that keeps every rule, and what is said of it. */
const cases: readonly Case[] = [
  { rule: "memory-limit", workload: "redis", change: () => ({ memoryBytes: 0 }), message: "has no memory limit" },
  { rule: "memory-limit", workload: "redis", change: () => ({ swapBytes: -1 }), message: "may swap beyond its memory limit" },
  { rule: "cpu-limit", workload: "redis", change: () => ({ cpus: 0 }), message: "has no CPU limit" },
  {
    rule: "health-check",
    workload: "edge",
    change: () => ({ health: undefined }),
    message: "has no health check",
  },
  { rule: "grace-period", workload: "redis", change: ({ stop }) => ({ stop: { ...stop, graceSeconds: 0 } }), message: "is killed without time to stop" },
  {
    rule: "grace-period",
    workload: "trading",
    change: ({ stop }) => ({ stop: { ...stop, graceSeconds: 21 } }),
    message: "gets 21 s to stop, and draining takes up to 21.5 s",
  },
  { rule: "restart-policy", workload: "user", change: () => ({ restart: "no" }), message: 'has restart policy "no"' },
  { rule: "restart-policy", workload: "migrate", change: () => ({ restart: "always" }), message: 'has restart policy "always", and is a job' },
  { rule: "log-rotation", workload: "user", change: ({ log }) => ({ log: { ...log, maxSize: "" } }), message: "keeps its log for ever" },
  {
    rule: "log-rotation",
    workload: "user",
    change: ({ log }) => ({ log: { ...log, driver: "syslog" } }),
    message: 'logs by driver "syslog", whose rotation is not known',
  },
  {
    rule: "pinned-image",
    workload: "redis",
    change: () => ({ image: "redis:latest" }),
    message: 'runs image "redis:latest", whose name does not fix its content',
  },
  {
    rule: "pinned-image",
    workload: "redis",
    change: () => ({ image: "registry.example.com:5000/redis" }),
    message: 'runs image "registry.example.com:5000/redis", whose name does not fix its content',
  },
  {
    rule: "published-ports",
    workload: "redis",
    change: ({ ports }) => ({ ports: ports.map((port) => ({ ...port, hostIp: "0.0.0.0" })) }),
    message: "publishes port 6379 as 6379 on 0.0.0.0",
  },
  {
    rule: "published-ports",
    workload: "edge",
    change: ({ ports }) => ({ ports: ports.map((port) => ({ ...port, hostIp: "" })) }),
    message: "publishes port 8006 as 8006 on every address",
  },
  {
    rule: "published-ports",
    workload: "nft",
    change: () => ({ networks: [{ name: "host", aliases: [] }] }),
    message: "shares the host's network, so that each of its ports is open",
  },
  {
    rule: "data-on-volume",
    workload: "postgres",
    change: ({ mounts }) => ({ mounts: mounts.filter((mount) => mount.type !== "volume") }),
    message: "keeps its data in the container, not on a named volume",
  },
  { rule: "non-root-user", workload: "social", change: () => ({ user: "0:0" }), message: 'runs as user "0:0"' },
  { rule: "non-root-user", workload: "social", change: () => ({ user: "node" }), message: 'runs as user "node"' },
  { rule: "non-root-user", workload: "social", change: () => ({ user: "" }), message: "runs as whatever user its image names" },
  { rule: "read-only-root", workload: "social", change: () => ({ readOnlyRoot: false }), message: "can write its root file system" },
  { rule: "no-capabilities", workload: "social", change: () => ({ capabilitiesDropped: [] }), message: "keeps Docker's default capabilities" },
  { rule: "no-capabilities", workload: "social", change: () => ({ capabilitiesAdded: ["NET_ADMIN"] }), message: "is given NET_ADMIN" },
  { rule: "no-capabilities", workload: "social", change: () => ({ privileged: true }), message: "is privileged" },
  { rule: "no-new-privileges", workload: "social", change: () => ({ noNewPrivileges: false }), message: "may gain privileges by a setuid program" },
  {
    rule: "no-secrets-in-environment",
    workload: "user",
    change: ({ environment }) => ({ environment: { ...environment, REDIS_PASSWORD: "x" } }),
    message: "has REDIS_PASSWORD in its environment, by its name a secret",
  },
  {
    rule: "no-secrets-in-environment",
    workload: "user",
    change: ({ environment }) => ({ environment: { ...environment, ASTRA_TOKEN_FILE: generated } }),
    message: "has ASTRA_TOKEN_FILE in its environment, by its name a secret",
  },
  {
    rule: "no-secrets-in-environment",
    workload: "user",
    change: ({ environment }) => ({ environment: { ...environment, DATABASE: "postgres://astra:pw@postgres/astradb" } }),
    message: "has DATABASE in its environment, whose value looks like an address with a password",
  },
  {
    rule: "no-secrets-in-environment",
    workload: "user",
    change: ({ environment }) => ({ environment: { ...environment, SOMETHING: generated } }),
    message: "has SOMETHING in its environment, whose value looks like a generated secret",
  },
  {
    rule: "no-secrets-in-environment",
    workload: "redis",
    change: () => ({ command: ["redis-server", "--requirepass", generated] }),
    message: "has what looks like a generated secret in its command",
  },
  {
    rule: "engine-socket",
    workload: "prometheus",
    change: ({ mounts }) => ({
      mounts: [...mounts, { type: "bind", source: "/run/docker.sock", target: "/var/run/docker.sock", readOnly: true }],
    }),
    message: "mounts the container engine's socket /run/docker.sock",
  },
  {
    rule: "no-host-paths",
    workload: "agent",
    change: ({ mounts }) => ({ mounts: [...mounts, { type: "bind", source: "/etc", target: "/host", readOnly: true }] }),
    message: "mounts /etc of the host",
  },
];

describe("the rules for one container", () => {
  test.each(cases)("$rule fails $workload that $message", ({ rule, workload, change, message }) => {
    const good = testForm(workload);
    expect(checkContainer(good)).toEqual([]);
    const violations = checkContainer({ ...good, ...change(good) } as ContainerForm);
    expect(violations.map((violation) => [violation.rule, violation.severity, violation.where, violation.message])).toEqual([
      [rule, "deny", good.name, message],
    ]);
    expect(JSON.stringify(violations)).not.toContain(generated);
  });

  test("each has a case that fails it", () => {
    expect(new Set(cases.map((entry) => entry.rule))).toEqual(new Set(containerRules.map((rule) => rule.id)));
  });

  test("take a digest for a pinned image, and a published edge", () => {
    const digest = `registry.example.com/redis@sha256:${"0123456789abcdef".repeat(4)}`;
    expect(checkContainer({ ...testForm("redis"), image: digest })).toEqual([]);
    expect(testForm("edge").ports.filter((port) => port.hostIp === "0.0.0.0").map((port) => port.container)).toEqual([8000]);
  });

  test("tell a secret from a path to one, and from a hash", () => {
    const form = testForm("user");
    const environment = { ...form.environment, ADMIN_PASSWORD_FILE: "/run/secrets/admin", IMAGE_HASH: "0123456789abcdef".repeat(4) };
    expect(checkContainer({ ...form, environment })).toEqual([]);
  });

  test("are told in one line each, with what to do", () => {
    const [violation] = checkContainer({ ...testForm("redis"), cpus: 0 });
    expect(violation && describeViolation(violation)).toBe("cpu-limit: astra-dev-redis-1 has no CPU limit. Fix: set cpus.");
  });
});

describe("the rules for the platform", () => {
  const good: PlatformForm = platformForm(
    {
      foundation: testStack("foundation").containers,
      colours: [testStack("blue").containers, testStack("green").containers],
    },
    { portOffset: 0, machineMemoryBytes: 16 * GIB },
  );

  function said(platform: PlatformForm): readonly string[] {
    return checkPlatform(platform).map(({ rule, severity, where, message }) => `${severity} ${rule} ${where}: ${message}`);
  }

  const platformCases: readonly { rule: string; change: Partial<PlatformForm>; expected: readonly string[] }[] = [
    {
      rule: "connection-budget",
      change: { machineMemoryBytes: 32 * GIB, colours: [...good.colours, ...good.colours] },
      expected: ["deny connection-budget platform: PostgreSQL takes 250 connections, and both colours may open 24 instances x 16 + 20 = 404."],
    },
    {
      rule: "memory-budget",
      change: { machineMemoryBytes: 8 * GIB },
      expected: ["warn memory-budget platform: With both colours up, limits add up to 11904 MiB, and the machine has 8192 MiB."],
    },
    {
      rule: "memory-budget",
      change: {
        machineMemoryBytes: 16 * GIB,
        foundation: good.foundation.map((form) => (form.workload === "postgres" ? { ...form, memoryBytes: 17 * GIB } : form)),
      },
      expected: [
        "deny memory-budget platform: astra-dev-postgres-1 may take 17408 MiB, and the machine has 16384 MiB: the limit limits nothing.",
        "warn memory-budget platform: With both colours up, limits add up to 28800 MiB, and the machine has 16384 MiB.",
      ],
    },
    {
      rule: "host-ports",
      change: {
        foundation: good.foundation.map((form) =>
          form.workload === "redis" ? { ...form, ports: form.ports.map((port) => ({ ...port, host: 5432 })) } : form,
        ),
      },
      expected: [
        "deny host-ports platform: astra-dev-redis-1 publishes port 6379 as 5432, not as 6379.",
        "deny host-ports platform: astra-dev-redis-1 publishes host port 5432, which another container has.",
      ],
    },
  ];

  test.each(platformCases)("$rule: $expected.0", ({ change, expected }) => {
    expect(said(good)).toEqual([]);
    expect(said({ ...good, ...change })).toEqual(expected);
  });

  test("each has a case that fails it", () => {
    expect(new Set(platformCases.map((entry) => entry.rule))).toEqual(new Set(platformRules.map((rule) => rule.id)));
  });

  test("say nothing of memory where the machine's is unknown", () => {
    const { foundation, colours, portOffset } = good;
    expect(said({ foundation, colours: [...colours, []], portOffset })).toEqual([]);
  });
});

test("every rule says what, why and what to do, under a name of its own", () => {
  const all = [...containerRules, ...platformRules];
  expect(new Set(all.map((rule) => rule.id)).size).toBe(all.length);
  for (const rule of all) {
    expect(rule.id).toMatch(/^[a-z]+(-[a-z]+)*$/);
    for (const text of [rule.what, rule.why, rule.fix]) expect(text.length).toBeGreaterThan(3);
  }
});
