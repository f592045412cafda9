// `npm run test:loss -- [--operations 100000] [--seed N] [--rounds 20] [--clients 16] [--minutes 25]`: the long run, with faults.
import { rmSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { systemClock } from "../../services/base/clock.ts";
import { ProgramOptions } from "../support/program-options.ts";
import { makeSecretsFolder, storeImages } from "../support/store-containers.ts";
import { LossPlatform } from "./platform.ts";
import { runLoss } from "./run.ts";
import { summaryOf } from "./summary.ts";

const MAX_SETTLE_MS = 240_000;

const options = new ProgramOptions("npm run test:loss -- [--operations 100000] [--seed N] [--rounds 20] [--clients 16] [--minutes 25]", {
  operations: "100000",
  seed: String(1 + (systemClock.now() % 2 ** 31)),
  rounds: "20",
  clients: "16",
  minutes: "25",
});
const [operations, seed, rounds, clients, minutes] = [options.whole("operations"), options.whole("seed"), options.whole("rounds"), options.whole("clients"), options.whole("minutes")];
const tell = (line: string): void => console.log(line);
const again = `npm run test:loss -- --seed ${seed} --operations ${operations} --rounds ${rounds} --clients ${clients}`;
tell(`${new Date().toISOString()}; ${availableParallelism()} CPUs, load ${loadavg()[0]?.toFixed(1)}; again: ${again}`);

for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(130));

const images = await storeImages();
const secretsDir = makeSecretsFolder();
const platform = await LossPlatform.start({ images, secretsDir });
try {
  const result = await runLoss(platform, { seed, operations, clients, rounds, operateMs: minutes * 60_000, settleMs: MAX_SETTLE_MS, tell });
  tell(summaryOf(result, seed));
  if (result.operations < operations) {
    tell(`only ${result.operations} of ${operations} operations in ${minutes} minutes: give it more with --minutes, or ask for fewer`);
    process.exitCode = 2;
  }
  if (result.faults.length > 0) process.exitCode = 1;
} finally {
  await platform.stop();
  rmSync(secretsDir, { recursive: true, force: true });
}
