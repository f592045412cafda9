import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { CountedTest } from "./support/count-reporter.ts";

const ROOT = join(import.meta.dirname, "..");
const RESULTS = join(ROOT, ".astra", "test-results.jsonl");
const REPORTER = join("tests", "support", "count-reporter.ts");

const results: CountedTest[] = [];

/** Runs a program with its output shown; true when it succeeded. */
function run(program: string, args: readonly string[]): boolean {
  const env = { ...process.env, ASTRA_TEST_RESULTS: RESULTS };
  return spawnSync(program, args, { cwd: ROOT, stdio: ["ignore", "inherit", "inherit"], env }).status === 0;
}

/** A check that passes or fails as a whole. */
function single(name: string, program: string, args: readonly string[]): void {
  console.log(`\n== ${name}`);
  results.push({ name, state: run(program, args) ? "passed" : "failed" });
}

function countedTests(): CountedTest[] {
  try {
    return readFileSync(RESULTS, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as CountedTest);
  } catch {
    return [];
  }
}

/** The tests of one level. A level that ran nothing, or failed outside of its tests, counts as a failure. */
function level(project: string): void {
  console.log(`\n== ${project} tests`);
  rmSync(RESULTS, { force: true });
  const ok = run("vitest", ["run", "--project", project, "--reporter", "default", "--reporter", REPORTER]);
  const tests = countedTests();
  results.push(...tests);
  if (tests.length === 0 || (!ok && !tests.some((test) => test.state === "failed")))
    results.push({ name: `${project} tests: nothing ran, or something failed outside of a test`, state: "failed" });
}

function dockerIsHere(): boolean {
  return spawnSync("docker", ["version", "--format", "{{.Server.Version}}"], { stdio: "ignore" }).status === 0;
}

mkdirSync(join(ROOT, ".astra"), { recursive: true, mode: 0o700 });
single("types", "tsc", ["--noEmit"]);
single("types of the dashboard's script", "tsc", ["--noEmit", "-p", "services/gateway/pages/dashboard-client"]);
single("lint", "eslint", ["--max-warnings", "0", "."]);
level("unit");
for (const project of ["integration", "e2e"]) {
  if (dockerIsHere()) level(project);
  else results.push({ name: `${project} tests`, state: "skipped", reason: "no Docker engine answers; see ./astra doctor" });
}
rmSync(RESULTS, { force: true });

const of = (state: CountedTest["state"]): CountedTest[] => results.filter((result) => result.state === state);
console.log("");
for (const { name } of of("failed")) console.log(`failed: ${name}`);
for (const { name, reason } of of("skipped")) console.log(`skipped: ${name}: ${reason ?? "no reason given"}`);
console.log(`${of("passed").length} passed, ${of("failed").length} failed, ${of("skipped").length} skipped`);
process.exitCode = of("failed").length > 0 ? 1 : 0;
