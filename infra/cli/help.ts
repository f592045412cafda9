import type { Command, Flag } from "./command.ts";

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}

function flagUsage(name: string, flag: Flag): string {
  return `${flag.short === undefined ? "" : `-${flag.short}, `}--${name}${flag.value === undefined ? "" : ` ${flag.value}`}`;
}

/** Help of the whole command. */
export function overview(commands: readonly Command[]): string {
  return [
    "Usage: ./astra COMMAND [FLAGS]",
    "",
    ...columns(
      commands.map((command) => [
        [command.name, ...(command.aliases ?? [])].join(", "),
        command.summary,
      ]),
    ),
    "",
    "./astra COMMAND --help shows a command's flags. ASTRA_DEBUG=1 shows where an error came from.",
  ].join("\n");
}

/** Help of one command. */
export function commandHelp(command: Command): string {
  const flags = Object.entries(command.flags);
  return [
    `Usage: ./astra ${command.name}${command.words ? ` ${command.words.help}` : ""}${flags.length > 0 ? " [FLAGS]" : ""}`,
    "",
    command.summary,
    ...(command.details ?? []),
    ...(flags.length > 0 ? ["", ...columns(flags.map(([name, flag]) => [flagUsage(name, flag), flag.help]))] : []),
  ].join("\n");
}
