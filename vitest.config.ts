import { defineConfig } from "vitest/config";

/** Three levels, three projects: `npm test` runs all of them in this order. */
export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["tests/unit/**/*.test.ts"], testTimeout: 10_000 } },
      {
        test: {
          name: "integration",
          include: ["tests/integration/**/*.test.ts"],
          globalSetup: ["tests/support/stores-setup.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          // Most of their time is waiting: two files at once take half as long, also on two cores.
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["tests/e2e/**/*.test.ts"],
          testTimeout: 600_000,
          hookTimeout: 900_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
