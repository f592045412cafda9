import { pulumiEnvironment } from "../../engine/pulumi-env.ts";
import { PROJECT_ROOT } from "../../host/paths.ts";
import type { Command } from "../command.ts";

/** A value as a POSIX shell reads it back. */
export function shellQuoted(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

function env(): Promise<number> {
  for (const [name, value] of Object.entries(pulumiEnvironment(PROJECT_ROOT)))
    process.stdout.write(`export ${name}=${shellQuoted(value)}\n`);
  return Promise.resolve(0);
}

export const envCommand: Command = {
  name: "env",
  summary: 'Print the exports that make plain `pulumi` work in this shell: eval "$(./astra env)".',
  flags: {},
  run: env,
};
