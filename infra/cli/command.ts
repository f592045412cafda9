import type { ParseArgsOptionsConfig } from "node:util";

/** One flag, as `node:util` parses it, with its line in the help. */
export interface Flag {
  readonly type: "string" | "boolean";
  readonly short?: string;
  readonly multiple?: boolean;
  /** Name of the value in the help: `NAME`. */
  readonly value?: string;
  readonly help: string;
  /** Values that it takes; absent: any. */
  readonly choices?: readonly string[];
}

/** Flags and words of one call, checked. */
export interface Invocation {
  readonly words: readonly string[];
  /** Value of a flag that takes one; undefined when it was not given. */
  text(flag: string): string | undefined;
  texts(flag: string): readonly string[];
  on(flag: string): boolean;
}

export interface Command {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** One sentence, imperative. */
  readonly summary: string;
  /** Words after the command: `[foundation|blue|green|all]`. */
  readonly words?: { readonly help: string; readonly max: number; readonly choices?: readonly string[] };
  readonly flags: Readonly<Record<string, Flag>>;
  /** Further lines of its help. */
  readonly details?: readonly string[];
  /** Resolves to the exit code. */
  run(invocation: Invocation): Promise<number>;
}

/** Flags of (nearly) every command. */
export const ENVIRONMENT_FLAG: Readonly<Record<string, Flag>> = {
  environment: { type: "string", short: "e", value: "NAME", help: "environment to work on (default: dev)" },
};

export const ENGINE_FLAG: Readonly<Record<string, Flag>> = {
  engine: {
    type: "string",
    value: "pulumi|compose|kubectl",
    choices: ["pulumi", "compose", "kubectl"],
    help: "way to deploy (default: Pulumi where it is found; else Compose, or kubectl to a cluster)",
  },
};

export const CONFIG_FLAG: Readonly<Record<string, Flag>> = {
  config: {
    type: "string",
    short: "c",
    multiple: true,
    value: "KEY=VALUE",
    help: "set a key of the stack's config, e.g. portOffset=10000; kept for later commands, KEY= forgets it",
  },
};

export const JSON_FLAG: Readonly<Record<string, Flag>> = {
  json: { type: "boolean", help: "print JSON" },
};

/** The flags of a command as `node:util` takes them. */
export function parseOptions(flags: Readonly<Record<string, Flag>>): ParseArgsOptionsConfig {
  return Object.fromEntries(
    Object.entries(flags).map(([name, flag]) => [
      name,
      {
        type: flag.type,
        ...(flag.short === undefined ? {} : { short: flag.short }),
        ...(flag.multiple === undefined ? {} : { multiple: flag.multiple }),
      },
    ]),
  );
}
