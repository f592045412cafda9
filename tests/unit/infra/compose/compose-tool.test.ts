import { expect, test } from "vitest";
import { compareVersions } from "../../../../infra/compose/compose-tool.ts";

test.each([
  ["1.29.2", "1.29.0", 1],
  ["1.28.9", "1.29.0", -1],
  ["v2.26.1-3", "2.20.2", 1],
  ["2.20.2", "v2.20.2", 0],
  ["20.10.24+dfsg1", "25.0.0", -1],
])("%s compared with %s is %d", (a, b, sign) => {
  expect(Math.sign(compareVersions(a, b))).toBe(sign);
});
