import { parseArgs } from "node:util";

/** Options of a program that a person starts by npm. Whatever is wrong with them ends it with one line, its usage and exit code 2. */
export class ProgramOptions<Name extends string> {
  readonly #usage: string;
  readonly #values: Readonly<Record<string, string | boolean | undefined>>;

  /**
   * @param usage How it is called: `npm run bench:x -- [--seconds 5]`
   * @param defaults Every option with its default; undefined: it has none
   */
  constructor(usage: string, defaults: Readonly<Record<Name, string | undefined>>, args: readonly string[] = process.argv.slice(2)) {
    this.#usage = usage;
    const options = Object.entries<string | undefined>(defaults).map(([name, text]) => [name, text === undefined ? { type: "string" as const } : { type: "string" as const, default: text }] as const);
    this.#values = this.#read(args, Object.fromEntries(options));
    if (this.#values["help"] !== true) return;
    console.log(usage);
    process.exit(0);
  }

  /** What was given, else the default. */
  text(name: Name): string | undefined {
    const value = this.#values[name];
    return typeof value === "string" ? value : undefined;
  }

  /** One or more of these, separated by commas; without the option and a default all of them. */
  someOf(name: Name, choices: readonly string[]): readonly string[] {
    const given = this.text(name)?.split(",") ?? choices;
    const unknown = given.find((each) => !choices.includes(each));
    return unknown === undefined ? given : this.#refuse(`--${name}: "${unknown}" is none of ${choices.join(", ")}`);
  }

  /** Numbers above 0, separated by commas. */
  numbers(name: Name): readonly number[] {
    return (this.text(name) ?? "").split(",").map((text) => {
      const number = Number(text);
      return text.trim() !== "" && Number.isFinite(number) && number > 0 ? number : this.#refuse(`--${name} takes numbers above 0 (got "${text}")`);
    });
  }

  /** A number above 0. */
  number(name: Name): number {
    const [number = 0, ...more] = this.numbers(name);
    return more.length === 0 ? number : this.#refuse(`--${name} takes one number`);
  }

  /** A whole number from 1. */
  whole(name: Name): number {
    const number = this.number(name);
    return Number.isInteger(number) ? number : this.#refuse(`--${name} takes a whole number from 1 (got "${number}")`);
  }

  #read(args: readonly string[], options: Record<string, { readonly type: "string"; readonly default?: string }>): Readonly<Record<string, string | boolean | undefined>> {
    try {
      return parseArgs({ args: [...args], options: { ...options, help: { type: "boolean" } } }).values;
    } catch (error) {
      return this.#refuse(error instanceof Error ? (error.message.split(". ")[0] ?? "") : String(error));
    }
  }

  #refuse(problem: string): never {
    console.error(`${problem}\n${this.#usage}`);
    process.exit(2);
  }
}
