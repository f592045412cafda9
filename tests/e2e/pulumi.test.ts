import { test } from "vitest";
import { onPath } from "../../infra/engine/choose.ts";
import { placeFor } from "./place.ts";
import { platformSuite } from "./platform-suite.ts";

/** A real engine: its program, its Node.js host, and the providers that the platform uses. */
const PROGRAMS = ["pulumi", "pulumi-language-nodejs", "pulumi-resource-docker", "pulumi-resource-random"];
const missing = PROGRAMS.filter((program) => !onPath(program));

if (missing.length === 0) platformSuite({ engine: "pulumi", ...(await placeFor("p")) });
else
  test("the platform through pulumi", ({ skip }) => {
    skip(`not on the PATH: ${missing.join(", ")}`);
  });
