import { createInterface } from "node:readline/promises";
import { UserError } from "../host/user-error.ts";

/**
 * Asks for a yes on the terminal.
 * @throws UserError where there is no terminal to ask on.
 */
export async function confirm(question: string, withoutTerminal: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new UserError(withoutTerminal);
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
  } finally {
    lines.close();
  }
}
