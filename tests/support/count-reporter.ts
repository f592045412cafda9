import { appendFileSync } from "node:fs";
import type { Reporter, TestCase, TestModule } from "vitest/node";

/** Result of one test, one JSON line each. */
export interface CountedTest {
  readonly name: string;
  readonly state: "passed" | "failed" | "skipped";
  /** Why it was skipped. */
  readonly reason?: string;
}

/** Appends every result to the file named by `ASTRA_TEST_RESULTS`; `tests/run.ts` adds them up. */
export default class CountReporter implements Reporter {
  readonly #file = process.env["ASTRA_TEST_RESULTS"] ?? "";

  #add(result: CountedTest): void {
    if (this.#file !== "") appendFileSync(this.#file, `${JSON.stringify(result)}\n`);
  }

  onTestCaseResult(test: TestCase): void {
    const result = test.result();
    const state = result.state === "pending" ? "skipped" : result.state;
    const reason = result.state === "skipped" ? (result.note ?? "no reason given") : undefined;
    this.#add({ name: `${test.module.relativeModuleId}: ${test.fullName}`, state, ...(reason === undefined ? {} : { reason }) });
  }

  /** A file that does not load, or a suite whose set-up fails, has no test that could fail for it. */
  onTestModuleEnd(module: TestModule): void {
    const suites = [...module.children.allSuites()];
    if (module.errors().length > 0 || suites.some((suite) => suite.errors().length > 0))
      this.#add({ name: module.relativeModuleId, state: "failed" });
  }
}
