import { describe, expect, test } from "vitest";
import type { Origin } from "../../../../infra/config/check.ts";
import { connectionBudget, stackNameOf } from "../../../../infra/config/settings.ts";
import { configProblems, readStack, type StackConfigOptions } from "../../../support/stack-config.ts";

/** A good config of stack `blue` as Pulumi hands it over: all text. One mutation per case. */
const good = { environment: "dev", colour: "blue", mode: "dev" };

const read = (values: Record<string, unknown>, options: StackConfigOptions = {}) => readStack({ ...good, ...values }, options);
const problems = (values: Record<string, unknown>, options: StackConfigOptions = {}) => configProblems(() => read(values, options));

describe("defaults", () => {
  test("stand in one place and are frozen", () => {
    const settings = read({});
    expect(settings).toEqual({
      environment: "dev",
      colour: "blue",
      mode: "dev",
      target: "docker",
      portOffset: 0,
      grafana: "auto",
      jaeger: "auto",
      tracing: { sampleRatio: 1 },
      resources: {},
      replicas: {},
      limits: { perUser: 200, perService: 1000 },
      logLevel: "info",
      foundationStack: "dev",
      ephemeral: false,
      kubernetes: { entry: "ClusterIP", volumes: {}, autoscaling: { gateway: 4 } },
    });
    expect(Object.isFrozen(settings)).toBe(true);
    expect(Object.isFrozen(settings.limits)).toBe(true);
  });

  test("name the foundation's stack after the colour's own, or after the environment", () => {
    expect(read({ environment: "test" }).foundationStack).toBe("dev");
    expect(read({ environment: "test" }, { stackName: "two-blue" }).foundationStack).toBe("two-dev");
    expect(stackNameOf("dev", "foundation")).toBe("dev");
    expect(stackNameOf("test", "green")).toBe("test-green");
    expect(read({ environment: "test" }, { stackName: "any" }).foundationStack).toBe("test-dev");
  });
});

describe("tracing", () => {
  test("R-GW-6 records every trace in dev and one in a hundred in production, or what config says", () => {
    expect(read({ mode: "production" }).tracing).toEqual({ sampleRatio: 0.01 });
    expect(read({ mode: "production", tracing: { sampleRatio: "0" } }).tracing.sampleRatio).toBe(0);
    expect(problems({ tracing: { sampleRatio: "1.1" } })[0]).toContain("astratrade:tracing.sampleRatio: takes the share of traces to record, a number, 0 to 1");
  });

  test("goes without a Jaeger of its own where traces go elsewhere, unless config wants it all the same", () => {
    const elsewhere = { otlpEndpoint: "http://collector.example.com:4318" };
    expect(read({ tracing: elsewhere })).toMatchObject({ jaeger: "off", tracing: elsewhere });
    expect(read({ tracing: elsewhere, jaeger: "on" }).jaeger).toBe("on");
  });

  test("takes no address with a password in it, neither for traces nor for prices", () => {
    const wrong = problems({ tracing: { otlpEndpoint: "https://me:secret@example.com" }, priceFeedUrl: "ftp://prices" });
    expect(wrong.join("\n")).toContain("astratrade:tracing.otlpEndpoint: takes the base address of an OTLP/HTTP receiver, http:// or https://, without a user or a password in it");
    expect(wrong.join("\n")).toContain("astratrade:priceFeedUrl: takes the base address of a price API");
  });
});

describe("values", () => {
  test("are read from text, and objects from JSON or YAML", () => {
    const settings = read({
      portOffset: "20000",
      ephemeral: "true",
      resources: '{"redis":{"memoryMb":1024,"cpus":1.5}}',
      replicas: { user: "2" },
      limits: '{"perUser":2000}',
      version: "1.10",
    });
    expect(settings).toMatchObject({
      portOffset: 20_000,
      ephemeral: true,
      resources: { redis: { memoryMb: 1024, cpus: 1.5 } },
      replicas: { user: 2 },
      limits: { perUser: 2000, perService: 1000 },
      version: "1.10",
    });
  });

  test.each([
    ["portOffset", "0", 0],
    ["portOffset", "50000", 50_000],
  ])("%s takes its limit %s", (key, text, value) => {
    expect(read({ [key]: text })).toHaveProperty(key, value);
  });

  test.each([{ replicas: { user: "0" } }, { resources: { user: { memoryMb: "32" } } }, { resources: { user: { cpus: "64" } } }])(
    "take their limits: %j",
    (values) => {
      expect(() => read(values)).not.toThrow();
    },
  );
});

describe("wrong config is refused with its path, what it takes and the command that fixes it", () => {
  const set = (path: string, value: string) => `Fix: set ${path} to ${value} in Pulumi.blue.yaml`;

  test.each<[string, Record<string, unknown>, string]>([
    ["a port offset below its range", { portOffset: "-1" }, `astratrade:portOffset: takes an integer, 0 to 50000, that is added to every host port (got "-1"). ${set("astratrade:portOffset", "0")}`],
    ["a port offset above its range", { portOffset: "50001" }, `astratrade:portOffset: takes an integer, 0 to 50000, that is added to every host port (got "50001"). ${set("astratrade:portOffset", "0")}`],
    ["a port offset that is no number", { portOffset: "8k" }, `astratrade:portOffset: takes an integer, 0 to 50000, that is added to every host port (got "8k"). ${set("astratrade:portOffset", "0")}`],
    ["a number with leading zeros", { portOffset: "010" }, `astratrade:portOffset: takes an integer, 0 to 50000, that is added to every host port (got "010"). ${set("astratrade:portOffset", "0")}`],
    ["a mode that is none", { mode: "prod" }, `astratrade:mode: takes one of dev, production (got "prod"). ${set("astratrade:mode", "dev")}`],
    ["a boolean in other words", { ephemeral: "yes" }, `astratrade:ephemeral: takes true or false (got "yes"). ${set("astratrade:ephemeral", "false")}`],
    ["an environment that is no name", { environment: "Dev_1" }, `astratrade:environment: takes a name of 1 to 20 lower-case letters, digits and hyphens that starts with a letter (got "Dev_1"). ${set("astratrade:environment", "dev")}`],
    ["an environment that ends like a colour", { environment: "my-blue" }, `astratrade:environment: takes a name that does not end in -blue or -green, which are colours (got "my-blue"). ${set("astratrade:environment", "my")}`],
    ["an unknown key", { portOfset: "1" }, 'astratrade:portOfset: unknown key (did you mean "portOffset"?). Fix: remove astratrade:portOfset from Pulumi.blue.yaml'],
    ["an unknown workload", { resources: { postgress: { cpus: "1" } } }, 'astratrade:resources.postgress: unknown key (did you mean "postgres"?). Fix: remove astratrade:resources.postgress from Pulumi.blue.yaml'],
    ["too little memory", { resources: { redis: { memoryMb: "31" } } }, `astratrade:resources.redis.memoryMb: takes an integer number of MiB, 32 to 65536 (got "31"). ${set("astratrade:resources.redis.memoryMb", "512")}`],
    ["no CPU at all", { resources: { redis: { cpus: "0" } } }, `astratrade:resources.redis.cpus: takes a number of CPU cores, 0.01 to 64 (got "0"). ${set("astratrade:resources.redis.cpus", "0.5")}`],
    ["half an instance", { replicas: { user: "1.5" } }, `astratrade:replicas.user: takes an integer number of instances, 0 to 10 (got "1.5"). ${set("astratrade:replicas.user", "1")}`],
    ["more connections than PostgreSQL has", { replicas: { user: "3" } }, "astratrade:replicas: takes instances whose connections fit PostgreSQL: 2 colours x instances x 16 + 20 may be 250 at most (got 276). Fix: remove astratrade:replicas from Pulumi.blue.yaml"],
    ["a breaker that tries again too early", { breakerResetSeconds: "29" }, `astratrade:breakerResetSeconds: takes seconds until an open circuit breaker tries again, a whole number, 30 to 60 (got "29"). ${set("astratrade:breakerResetSeconds", "45")}`],
    ["a breaker that tries again too late", { breakerResetSeconds: "61" }, `astratrade:breakerResetSeconds: takes seconds until an open circuit breaker tries again, a whole number, 30 to 60 (got "61"). ${set("astratrade:breakerResetSeconds", "45")}`],
    ["text where an object belongs", { limits: "many" }, "astratrade:limits: takes an object with keys from perUser, perService, routes (got \"many\"). Fix: remove astratrade:limits from Pulumi.blue.yaml"],
  ])("%s", (_, values, line) => {
    expect(problems(values)).toEqual([line]);
  });

  test("a colour that is not one, and one that is not the stack's", () => {
    expect(problems({ colour: "red" })).toEqual([
      'astratrade:colour: takes one of blue, green (got "red"). Fix: set astratrade:colour to blue in Pulumi.blue.yaml',
    ]);
    expect(problems({ colour: "blue" }, { stackName: "test-green" })).toEqual([
      'astratrade:colour: takes green in stack "test-green" (got blue). Fix: set astratrade:colour to green in Pulumi.test-green.yaml',
    ]);
  });

  test.each<[Origin, string, string]>([
    ["pulumi", "Fix: pulumi config set --path astratrade:replicas.user 1 --stack blue", "Fix: pulumi config rm --path astratrade:replicas.usr --stack blue"],
    ["flag", "Fix: --config replicas.user=1", "Fix: leave --config replicas.usr=... out"],
  ])("with a fix for where it was said: %s", (origin, setFix, removeFix) => {
    const [wrong = "", unknown = ""] = problems({ replicas: { user: "x", usr: "1" } }, { origin });
    expect(wrong.endsWith(setFix)).toBe(true);
    expect(unknown.endsWith(removeFix)).toBe(true);
  });

  test("every problem at once, under one heading", () => {
    const wrong = () => read({ mode: "x", portOffset: "-1", nonsense: "1" });
    expect(wrong).toThrow('3 problems in the config of stack "blue" (Pulumi.blue.yaml):\n');
    expect(wrong).toThrow(expect.objectContaining({ code: "config-invalid" }) as Error);
  });

  test("without ever showing a secret value, or the value of a key that nobody knows", () => {
    expect(problems({ mode: "hunter2" }, { secretKeys: ["mode"] })[0]).toContain("(got a secret value, not shown)");
    expect(problems({ redisPassword: "hunter2" }).join()).not.toContain("hunter2");
    expect(problems({ limits: { perUser: "hunter2" } }, { secretKeys: ["limits"] }).join()).not.toContain("hunter2");
  });
});

test("the connection budget counts both colours and what is kept aside", () => {
  expect(connectionBudget({})).toBe(212);
  expect(connectionBudget({ gateway: 5 })).toBe(212);
  expect(connectionBudget({ user: 2 })).toBe(244);
});

describe("the address that alerts go to (R-MON-2)", () => {
  test("is absent unless it is set", () => {
    expect(read({})).not.toHaveProperty("alertWebhook");
    expect(read({ alertWebhook: "https://alerts.example.com:8443/hook?team=1" }).alertWebhook).toBe("https://alerts.example.com:8443/hook?team=1");
  });

  test.each(["alerts.example.com", "ftp://example.com/", "http://", "http://me:secret@example.com/", "http://example.com/'x", "http://example.com/a b"])(
    "takes no %s",
    (alertWebhook) => {
      expect(problems({ alertWebhook })[0]).toContain(
        "astratrade:alertWebhook: takes an address that alerts are posted to, http:// or https://, without a user or a password in it",
      );
    },
  );
});
