import { parseArgs } from "node:util";
import { nearest } from "../config/suggest.ts";
import { parseOptions, type Command, type Flag, type Invocation } from "./command.ts";
import { UsageError } from "./usage-error.ts";

export interface ParsedCall {
  readonly command: Command | undefined;
  readonly help: boolean;
  readonly invocation: Invocation;
}

const HELP: Readonly<Record<string, Flag>> = { help: { type: "boolean", short: "h", help: "show this" } };

function didYouMean(word: string, known: readonly string[]): string {
  const suggestion = nearest(word, known);
  return suggestion === undefined ? "" : ` Did you mean ${suggestion}?`;
}

function findCommand(word: string, commands: readonly Command[]): Command {
  const found = commands.find((command) => command.name === word || command.aliases?.includes(word));
  if (found) return found;
  const names = commands.flatMap((command) => [command.name, ...(command.aliases ?? [])]);
  throw new UsageError(`Unknown command "${word}".${didYouMean(word, names)} See ./astra help.`);
}

/** Finds a wrong flag before `node:util` does, which says it in other words. */
function checkFlags(args: readonly string[], command: Command, flags: Readonly<Record<string, Flag>>): void {
  for (const arg of args) {
    if (arg === "--") return;
    const name = /^--([^=]+)/.exec(arg)?.[1];
    if (name !== undefined && !(name in flags))
      throw new UsageError(
        `Unknown flag --${name}.${didYouMean(name, Object.keys(flags)).replace("mean ", "mean --")} See ./astra ${command.name} --help.`,
      );
  }
}

function checkWords(command: Command, words: readonly string[]): void {
  const { max, choices } = command.words ?? { max: 0 };
  const surplus = words[max];
  if (surplus !== undefined)
    throw new UsageError(`"${surplus}" is one word too many. See ./astra ${command.name} --help.`);
  const wrong = choices === undefined ? undefined : words.find((word) => !choices.includes(word));
  if (wrong !== undefined && choices !== undefined)
    throw new UsageError(`"${wrong}" is none of ${choices.join(", ")}.${didYouMean(wrong, choices)}`);
}

type Values = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

function checkChoices(flags: Readonly<Record<string, Flag>>, values: Values): void {
  for (const [name, flag] of Object.entries(flags)) {
    const value = values[name];
    if (typeof value !== "string" || flag.choices === undefined || flag.choices.includes(value)) continue;
    throw new UsageError(`--${name} takes ${flag.choices.join(" or ")}, not "${value}".${didYouMean(value, flag.choices)}`);
  }
}

function parseWith(args: readonly string[], command: Command): { values: Values; positionals: readonly string[] } {
  const flags = { ...command.flags, ...HELP };
  checkFlags(args, command, flags);
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: parseOptions(flags), allowPositionals: true });
    checkChoices(flags, values);
    return { values, positionals };
  } catch (error) {
    if (error instanceof UsageError || !(error instanceof Error)) throw error;
    // `node:util` explains at length; its first sentence says what is wrong.
    throw new UsageError(`${error.message.split(/\. |\n/)[0] ?? error.message}. See ./astra ${command.name} --help.`);
  }
}

/**
 * Reads the arguments of one call.
 * @throws UsageError with a suggestion where something known is near.
 */
export function parseCall(args: readonly string[], commands: readonly Command[]): ParsedCall {
  const [first, ...rest] = args;
  const none: Invocation = { words: [], text: () => undefined, texts: () => [], on: () => false };
  if (first === undefined || first === "-h" || first === "--help") return { command: undefined, help: true, invocation: none };
  if (first === "help") {
    const [word] = rest;
    return { command: word === undefined ? undefined : findCommand(word, commands), help: true, invocation: none };
  }
  const command = findCommand(first, commands);
  const { values, positionals } = parseWith(rest, command);
  const help = values["help"] === true;
  if (!help) checkWords(command, positionals);
  return {
    command,
    help,
    invocation: {
      words: positionals,
      text: (flag) => {
        const value = values[flag];
        return typeof value === "string" ? value : undefined;
      },
      texts: (flag) => {
        const value = values[flag];
        return Array.isArray(value) ? value.map(String) : [];
      },
      on: (flag) => values[flag] === true,
    },
  };
}
