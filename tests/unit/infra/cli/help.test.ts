import { expect, test } from "vitest";
import { commands } from "../../../../infra/cli/commands.ts";
import { commandHelp, overview } from "../../../../infra/cli/help.ts";

test("the overview names every command and alias", () => {
  const text = overview(commands);
  for (const command of commands) expect(text).toContain([command.name, ...(command.aliases ?? [])].join(", "));
});

test.each(commands)("the help of $name names every flag of it", (command) => {
  const text = commandHelp(command);
  expect(text.split("\n")[0]).toMatch(`Usage: ./astra ${command.name}`);
  for (const flag of Object.keys(command.flags)) expect(text).toContain(`--${flag}`);
});
