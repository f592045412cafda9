import * as pulumi from "@pulumi/pulumi";

/** A resource that a program declared, with the inputs that its provider would have got. */
export interface Declared {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly parentName: string | undefined;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** What generated passwords are made of, so that a test can look for them everywhere. */
export const SECRET_MARK = "generated-secret-of-";

/** State that Docker would give back for a container that has ended well. */
const ENDED_WELL = { exitCode: 0, containerLogs: "" };

function stateOf(args: pulumi.runtime.MockResourceArgs): Record<string, unknown> {
  if (args.type === "random:index/randomPassword:RandomPassword") return { ...args.inputs, result: `${SECRET_MARK}${args.name}` };
  if (args.type === "docker:index/container:Container") return { ...args.inputs, ...ENDED_WELL };
  return args.inputs;
}

/**
 * Declares resources without an engine and gives all of them back, in the order of their declaration. The function gets
 * the options that it has to pass to the component under test.
 */
export async function declare(
  stack: string,
  build: (opts: pulumi.ComponentResourceOptions) => pulumi.Resource,
): Promise<readonly Declared[]> {
  const inputs = new Map<string, Readonly<Record<string, unknown>>>();
  await pulumi.runtime.setMocks(
    {
      newResource(args) {
        const key = `${args.type}::${args.name}`;
        if (inputs.has(key)) throw new Error(`${key} is declared twice`);
        inputs.set(key, args.inputs as Record<string, unknown>);
        return { id: `${args.name}-id`, state: stateOf(args) };
      },
      call(args) {
        throw new Error(`unexpected call of ${args.token}`);
      },
    },
    "astratrade",
    stack,
  );
  const seen: { resource: pulumi.Resource; type: string; name: string; parentName: string | undefined }[] = [];
  const names = new Map<pulumi.Resource, string>();
  build({
    transformations: [
      ({ resource, type, name, opts }) => {
        names.set(resource, name);
        seen.push({ resource, type, name, parentName: opts.parent === undefined ? undefined : names.get(opts.parent) });
        return undefined;
      },
    ],
  });
  const declared: Declared[] = [];
  for (const { resource, type, name, parentName } of seen) {
    const urn = await new Promise<string>((resolve) => resource.urn.apply(resolve));
    declared.push({ urn, type, name, parentName, inputs: inputs.get(`${type}::${name}`) ?? {} });
  }
  return declared;
}

/** A secret as the engine's wire has it, opened; everything else as it is. */
export function opened(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(opened);
  const record = value as Record<string, unknown>;
  const isSecret = record["4dabf18193072939515e22adb298388d"] !== undefined;
  if (isSecret) return opened(record["value"]);
  return Object.fromEntries(Object.entries(record).map(([key, entry]) => [key, opened(entry)]));
}
