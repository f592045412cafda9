import { expect, test } from "vitest";
import { nodeOptions } from "../../../../infra/platform/node-options.ts";

test.each([
  [512, "--max-old-space-size=307 --max-semi-space-size=16"],
  [2_048, "--max-old-space-size=1228 --max-semi-space-size=16"],
  [128, "--max-old-space-size=76 --max-semi-space-size=4"],
  [16, "--max-old-space-size=9 --max-semi-space-size=1"],
])("a Node process in %i MiB keeps its heap within them (R-DEP-4)", (memoryMb, options) => {
  expect(nodeOptions(memoryMb)).toBe(options);
});
