import { describe, expect, test } from "vitest";
import { commands } from "../../../../infra/cli/commands.ts";
import { parseCall } from "../../../../infra/cli/parse.ts";
import { mergeOverrides, parseOverrides } from "../../../../infra/cli/session.ts";
import { complaintOf } from "../../../support/usage-error.ts";

const complaint = (...args: string[]): string => complaintOf(() => parseCall(args, commands));

describe("parseCall (R-DEP-6)", () => {
  test("finds commands by name and by alias", () => {
    expect(parseCall(["up"], commands).command?.name).toBe("up");
    expect(parseCall(["deploy"], commands).command?.name).toBe("up");
    expect(parseCall(["stop", "blue"], commands).invocation.words).toEqual(["blue"]);
  });

  test("gives flags in every spelling", () => {
    const { invocation } = parseCall(
      ["up", "-e", "test", "--config=portOffset=1000", "-c", "replicas.user=2", "--colour", "green"],
      commands,
    );
    expect(invocation.text("environment")).toBe("test");
    expect(invocation.texts("config")).toEqual(["portOffset=1000", "replicas.user=2"]);
    expect(invocation.text("colour")).toBe("green");
    expect(invocation.on("json")).toBe(false);
  });

  test.each([[[]], [["help"]], [["--help"]], [["-h"]]])("shows the overview for %j", (args) => {
    expect(parseCall(args, commands)).toMatchObject({ command: undefined, help: true });
  });

  test.each(["up", "down", "status", "test", "logs", "doctor", "render", "env"])("%s has help of its own", (name) => {
    expect(parseCall([name, "--help"], commands)).toMatchObject({ command: { name }, help: true });
    expect(parseCall([name, "-h"], commands).help).toBe(true);
    expect(parseCall(["help", name], commands)).toMatchObject({ command: { name }, help: true });
  });

  test.each([
    [["statsu"], 'Unknown command "statsu". Did you mean status? See ./astra help.'],
    [["frobnicate"], 'Unknown command "frobnicate". See ./astra help.'],
    [["up", "--colur", "blue"], "Unknown flag --colur. Did you mean --colour? See ./astra up --help."],
    [["status", "--verbose"], "Unknown flag --verbose. See ./astra status --help."],
    [["up", "--colour", "red"], '--colour takes blue or green, not "red".'],
    [["up", "--engine", "composer"], '--engine takes pulumi or compose or kubectl, not "composer". Did you mean compose?'],
    [["down", "blu"], '"blu" is none of foundation, blue, green, all. Did you mean blue?'],
    [["down", "blue", "green"], '"green" is one word too many. See ./astra down --help.'],
    [["status", "all"], '"all" is one word too many. See ./astra status --help.'],
    [["up", "-x"], "Unknown option '-x'. See ./astra up --help."],
    [["up", "--colour"], "Option '--colour <value>' argument missing. See ./astra up --help."],
  ])("says what is wrong with %j in one line", (args, message) => {
    expect(complaint(...args)).toBe(message);
  });
});

describe("parseOverrides", () => {
  test("takes keys with and without the namespace, and values with an equals sign", () => {
    expect(parseOverrides(["astratrade:portOffset=1000", "version=a=b", "version="])).toEqual({
      portOffset: "1000",
      version: "",
    });
  });

  test.each(["portOffset", "=1", ""])("refuses %j", (pair) => {
    expect(() => parseOverrides([pair])).toThrow(`--config takes KEY=VALUE, for example portOffset=10000, not "${pair}".`);
  });
});

test("config of the last up holds until it is set anew or forgotten", () => {
  const kept = { portOffset: "1000", version: "one" };
  expect(mergeOverrides(kept, {})).toEqual(kept);
  expect(mergeOverrides(kept, { version: "two" })).toEqual({ portOffset: "1000", version: "two" });
  expect(mergeOverrides(kept, { version: "" })).toEqual({ portOffset: "1000" });
});
