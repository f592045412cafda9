import { join, resolve } from "node:path";
import { readArchive, type Archive } from "../../backup/archive-reader.ts";
import { rowsOf } from "../../backup/database-facts.ts";
import { formatBytes } from "../../backup/disk-space.ts";
import { fingerprint } from "../../backup/platform-source.ts";
import { forgetBefore, holdsDatabase, loadBeside, requireUsable, storeVolumes, swapIn } from "../../backup/restore-into.ts";
import type { StoreImages } from "../../backup/restore-test.ts";
import { storeImages } from "../../backup/store-images.ts";
import { forgetDeployed } from "../../drift/deployed.ts";
import type { EngineChoice } from "../../engine/choose.ts";
import { takeLock } from "../../engine/lock.ts";
import { STACKS } from "../../engine/model.ts";
import { requireOwnContainers } from "../../engine/ownership.ts";
import { stackMembers } from "../../engine/plan.ts";
import { requireSameEngine, writeRecord } from "../../engine/record.ts";
import { withRuntime } from "../../engine/runtime.ts";
import { recorded, type ChangeNotes } from "../../history/record.ts";
import type { Container } from "../../host/containers.ts";
import { environmentFolder } from "../../host/paths.ts";
import { messageOf, UserError } from "../../host/user-error.ts";
import { CONFIG_FLAG, ENGINE_FLAG, ENVIRONMENT_FLAG, type Command, type Invocation } from "../command.ts";
import { confirm } from "../confirm.ts";
import { Progress } from "../progress.ts";
import { environmentSuffix } from "../result.ts";
import { chosenEngine, loadEngine, openSession, type Session } from "../session.ts";
import { UsageError } from "../usage-error.ts";
import { testAndTell } from "./backup.ts";
import { deploy } from "./up.ts";

const KEYS_RENEWED =
  "The secret token_encryption is another one here, and backups hold no secrets: the user service made a new signing key.\n" +
  "Tokens that were signed before hold until they expire; sessions and passwords are as they were.";
const KEYS_KEPT = "The signing keys are as they were, and so are sessions and passwords.";

interface Restoration {
  readonly invocation: Invocation;
  readonly session: Session;
  readonly choice: EngineChoice;
  readonly archive: Archive;
  readonly images: StoreImages;
  readonly progress: Progress;
}

async function readWhole(file: string, progress: Progress): Promise<Archive> {
  const archive = await progress.step("backup read, sums compared", async () => await readArchive(file), ({ sizeBytes }) => formatBytes(sizeBytes));
  const { environment, createdAt, versions, database } = archive.manifest;
  progress.note(
    `              of ${environment}, ${createdAt}: ${rowsOf(database).toLocaleString("en")} rows, PostgreSQL ${versions.postgres}, Redis ${versions.redis}`,
  );
  return archive;
}

/** @returns false when a person said no. @throws UserError where data is in the way and nobody said that it may go. */
async function mayReplace({ invocation, session, images, archive }: Restoration): Promise<boolean> {
  const { environment } = session;
  if (!(await holdsDatabase(storeVolumes(environment), images))) return true;
  if (!invocation.on("replace"))
    throw new UserError(
      `Environment "${environment}" has data, and a restore would replace all of it. Nothing was changed.\n` +
        `Restore into another environment (--environment NAME --config portOffset=10000), or say that it may go: --replace\n` +
        `To keep what is there: ./astra backup${environmentSuffix(environment)}`,
    );
  if (invocation.on("yes")) return true;
  const question = `Replace all data of environment "${environment}" by the backup of ${archive.manifest.createdAt}? What was written since is lost.`;
  return await confirm(question, "Without a terminal, `restore --replace` goes on only with --yes.");
}

/** Containers of the environment. @throws UserError when they are another checkout's or engine's. */
async function ownContainers({ environment, config }: Session, choice: EngineChoice): Promise<readonly Container[]> {
  const containers = await withRuntime(config.targets.foundation.settings, async (runtime) => await runtime.containers());
  requireOwnContainers(environment, choice.engine, containers);
  return containers;
}

async function takeAllDown({ session, choice, progress }: Restoration): Promise<void> {
  const engine = await loadEngine(choice.engine);
  const containers = await ownContainers(session, choice);
  for (const stack of [...STACKS].reverse()) {
    if (stackMembers(containers, stack).length === 0) continue;
    await progress.step(`${stack} stopped and removed`, async (report) => await engine.remove(session.config.targets[stack], report));
    await forgetDeployed(session.environment, stack);
  }
  // What is remembered as standing would be mended, and be there beside the colour that comes up.
  if (session.record) await writeRecord(session.environment, { ...session.record, stacks: {} });
}

/** What became of the signing keys. They are sealed by a secret that no backup holds. */
async function tellKeys({ session, archive, progress }: Restoration): Promise<void> {
  const secret = await withRuntime(session.config.targets.foundation.settings, async (runtime) => await runtime.secret("token_encryption"));
  const isSame = secret !== undefined && archive.manifest.tokenSecret === fingerprint(secret);
  progress.note(isSame ? KEYS_KEPT : KEYS_RENEWED);
}

async function intoPlatform(restoration: Restoration, notes: ChangeNotes): Promise<number> {
  const { invocation, session, choice, archive, images, progress } = restoration;
  const { environment } = session;
  await loadBeside(archive, environment, images, async (title, work, describe) => await progress.step(title, work, describe));
  await takeAllDown(restoration);
  await progress.step("restored data in place", async () => await swapIn(environment, images));
  try {
    // Its first word would be a colour.
    const code = await deploy({ ...invocation, words: [] }, await openSession(invocation), choice, progress, notes);
    if (code !== 0) return code;
  } catch (error) {
    throw new UserError(
      `The data is restored, and the platform did not come up with it. What was there before lies beside it in the volumes, in before-restore.\n${messageOf(error)}\n` +
        `When the cause is gone: ./astra up${environmentSuffix(environment)}`,
      { cause: error },
    );
  }
  await forgetBefore(environment, images);
  await tellKeys(restoration);
  progress.note(`Restored from ${archive.file}, of ${archive.manifest.createdAt}.`);
  return 0;
}

async function restore(invocation: Invocation): Promise<number> {
  const [word] = invocation.words;
  if (word === undefined) throw new UsageError("Which backup? ./astra restore FILE; they lie in .astra/backups/ENVIRONMENT");
  const session = await openSession(invocation);
  const { settings } = session.config.targets.foundation;
  const progress = new Progress();
  const isTest = invocation.on("test");
  if (!isTest && settings.target === "kubernetes")
    throw new UserError(
      "A restore into a cluster is not done by this command. Test the file here (--test), then by hand: tar -xf FILE, and\n" +
        "`pg_restore --clean --if-exists` from postgres.dump in the pod postgres-0, with no colour up (./astra down blue; ./astra down green).",
    );
  const archive = await readWhole(resolve(word), progress);
  if (isTest) {
    await testAndTell(archive, settings, progress);
    return 0;
  }
  requireUsable(archive.manifest, Date.now());
  const choice = chosenEngine(invocation, session);
  requireSameEngine(session.environment, session.record, choice.engine);
  const lock = await takeLock(join(environmentFolder(session.environment), "lock"), "restore");
  try {
    await ownContainers(session, choice);
    const images = await progress.step("images of the stores", async () => await storeImages());
    const restoration: Restoration = { invocation, session, choice, archive, images, progress };
    if (!(await mayReplace(restoration))) {
      progress.note("Nothing was changed.");
      return 1;
    }
    return await recorded(settings, "restore", { detail: `of ${archive.manifest.environment}, ${archive.manifest.createdAt}` }, async (notes) => await intoPlatform(restoration, notes));
  } finally {
    lock.release();
  }
}

export const restoreCommand: Command = {
  name: "restore",
  summary: "Bring a platform up with the data of a backup; with --test, only try it.",
  words: { help: "FILE", max: 1 },
  details: [
    "",
    "The file's sums are compared first. The stores are loaded beside what is there, in containers without a network, and",
    "every table is compared with what was backed up; only then is the platform taken down, if it stands, and brought up",
    "with the restored data. Backups hold no secrets: passwords of the stores are those of this environment.",
  ],
  flags: {
    ...ENVIRONMENT_FLAG,
    ...CONFIG_FLAG,
    ...ENGINE_FLAG,
    test: { type: "boolean", help: "restore into stores of its own, without a network, compare, and remove them" },
    replace: { type: "boolean", help: "replace the data that the environment has; asks first" },
    yes: { type: "boolean", short: "y", help: "do not ask" },
  },
  run: restore,
};
