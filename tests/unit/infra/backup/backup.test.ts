import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { differences } from "../../../../infra/backup/database-facts.ts";
import { formatBytes, requireSpace } from "../../../../infra/backup/disk-space.ts";
import { backupFile, removeOld, removePartials } from "../../../../infra/backup/files.ts";
import { keepHandledEvents } from "../../../../infra/backup/inbox.ts";
import { fingerprint } from "../../../../infra/backup/platform-source.ts";
import { withoutMark } from "../../../../infra/backup/redis-source.ts";
import { requireUsable } from "../../../../infra/backup/restore-into.ts";
import { countFrom } from "../../../../infra/backup/transaction-id.ts";
import { everySeconds } from "../../../../infra/cli/commands/backup.ts";
import type { Manifest } from "../../../../infra/backup/manifest.ts";
import { MANIFEST } from "./manifest-example.ts";

const { database } = MANIFEST;
const manifest: Manifest = { ...MANIFEST, parts: [] };
const NOW = Date.parse("2026-01-10T13:00:00Z");

describe("a restored database, beside what was backed up (R-DEP-6)", () => {
  test("is the same when every table, migration and sum is", () => {
    expect(differences(database, { ...database, sizeBytes: 1, nextTransaction: "1" })).toEqual([]);
  });

  test.each([
    [{ tables: { ...database.tables, "trading.trades": 2 } }, "trading.trades has 2 rows instead of 3"],
    [{ tables: { "trading.schema_migrations": 1, "financial.ledger_entries": 4 } }, "trading.trades has no rows instead of 3"],
    [{ tables: { ...database.tables, "trading.more": 0 } }, "trading.more was not in the backup"],
    [{ migrations: { trading: [] } }, "schema trading has other migrations"],
    [{ ledger: { USD: "0.01" } }, "the ledger's entries in USD add up to 0.01 instead of 0"],
    [{ ledger: {} }, "the ledger has other currencies"],
  ])("is told apart by %o", (changed, told) => {
    expect(differences(database, { ...database, ...changed })).toEqual([told]);
  });
});

describe("a backup that is to be restored (R-DEP-6)", () => {
  test("is taken when this checkout knows all of its migrations", () => {
    expect(() => requireUsable(manifest, NOW)).not.toThrow();
  });

  test("is refused when it is of a later release, with the release that it takes", () => {
    const later: Manifest = { ...manifest, database: { ...database, migrations: { trading: ["base-0001-events", "9999-later"], gone: ["0001-x"] } } };
    expect(() => requireUsable(later, NOW)).toThrow(/migrations that are not here: trading 9999-later, gone 0001-x\.\n.*blue 0123456789ab/);
  });

  test("is refused when this machine's clock is behind it: new events would seem older than old ones", () => {
    expect(() => requireUsable(manifest, Date.parse("2026-01-10T11:00:00Z"))).toThrow("Set the clock first");
  });
});

describe("the count of transactions of a restored database", () => {
  test.each([
    [1n, 0n, 1_048_576n],
    [1_048_576n, 0n, 2_097_152n],
    [3_000_000_000n, 1n, 1_048_576n],
    [(1n << 32n) + 5n, 1n, 1_048_576n],
  ])("goes on above %d", (next, epoch, id) => {
    expect(countFrom(next)).toEqual({ epoch, id });
    expect((epoch << 32n) + id).toBeGreaterThan(next);
  });
});

describe("events that were handled before a backup", () => {
  test("count as new in every inbox, when some group may be given them again", () => {
    const statements = keepHandledEvents(["trading.outbox", "trading.inbox", "trading.event_stream", "social.inbox", "social.entries"], "2026-01-10T12:00:01.000Z");
    expect(statements.map((each) => /UPDATE "(\w+)"/.exec(each)?.[1])).toEqual(["trading", "social"]);
    for (const statement of statements) expect(statement).toContain('FROM "trading".outbox');
  });

  test("are none in a database without events", () => {
    expect(keepHandledEvents(["public.other"], "2026-01-10T12:00:01.000Z")).toEqual([]);
  });
});

describe("a snapshot of Redis", () => {
  const pass = async (...chunks: readonly string[]): Promise<string> => {
    const out: Uint8Array[] = [];
    for await (const chunk of withoutMark((async function* () { for (const chunk of chunks) yield await Promise.resolve(Buffer.from(chunk)); })())) out.push(chunk);
    return Buffer.concat(out).toString();
  };
  const MARK = "0123456789abcdef0123456789abcdef01234567";

  test("loses the mark that Redis sends behind it, however it is cut", async () => {
    expect(await pass(`REDIS0012data${MARK}`)).toBe("REDIS0012data");
    expect(await pass("REDIS0012", "data", MARK.slice(0, 7), MARK.slice(7))).toBe("REDIS0012data");
  });

  test("keeps its end where there is no mark", async () => {
    const text = `REDIS0012${"#".repeat(60)}`;
    expect(await pass(text)).toBe(text);
  });

  test("is refused when it is something else", async () => {
    await expect(pass(`-NOAUTH Authentication required.${"#".repeat(60)}`)).rejects.toThrow("no snapshot");
    await expect(pass("")).rejects.toThrow("no snapshot");
  });
});

describe("the folder of backups", () => {
  test("keeps the newest, and leaves files of other names and environments alone", async () => {
    const folder = await mkdtemp(join(tmpdir(), "astra-backups-"));
    try {
      const own = ["astra-dev-20260101T000000Z.tar", "astra-dev-20260102T000000Z.tar", "astra-dev-20260103T000000Z.tar"];
      const others = ["astra-dev-two-20250101T000000Z.tar", "before-the-party.tar", "astra-dev-20250101T000000Z.tar.asc"];
      for (const name of [...own, ...others, "astra-dev-20260104T000000Z.tar.partial", "mine.partial"]) await writeFile(join(folder, name), "");
      await removePartials("dev", folder);
      expect(await removeOld("dev", folder, 2)).toEqual(["astra-dev-20260101T000000Z.tar"]);
      expect((await readdir(folder)).sort()).toEqual([...own.slice(1), ...others, "mine.partial"].sort());
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("is that of the environment, or the one that --to names", () => {
    const at = new Date("2026-01-10T12:00:00.123Z");
    expect(backupFile("dev", undefined, at, "/state")).toBe("/state/backups/dev/astra-dev-20260110T120000Z.tar");
    expect(backupFile("dev", "/new/place/", at)).toBe("/new/place/astra-dev-20260110T120000Z.tar");
    expect(backupFile("dev", tmpdir(), at)).toBe(join(tmpdir(), "astra-dev-20260110T120000Z.tar"));
    expect(backupFile("dev", "/some/file.tar", at)).toBe("/some/file.tar");
  });
});

describe("space on the disk", () => {
  test("is asked for beforehand, with how much is missing", async () => {
    await expect(requireSpace("/no/such/folder", 1e9, "A dump of 1.2 GB", () => Promise.resolve(400e6))).rejects.toThrow(
      "A dump of 1.2 GB may need 1.3 GB, and / has 400 MB free.\nFree 868 MB there, or name another place.",
    );
    await requireSpace("/", 1e9, "A dump", () => Promise.resolve(2e9));
  });

  test("is told as people do", () => {
    expect([12, 4_200, 999_499_999, 1e9].map(formatBytes)).toEqual(["1 kB", "4 kB", "999 MB", "1.0 GB"]);
  });
});

describe("a backup's flags", () => {
  test.each([
    ["30m", 1_800],
    ["6h", 21_600],
    ["1d", 86_400],
  ])("take --every %s", (text, seconds) => expect(everySeconds(text)).toBe(seconds));

  test.each(["0h", "15d", "daily", "-1h", ""])("refuse --every %s", (text) => expect(() => everySeconds(text)).toThrow("--every takes a duration"));

  test("a fingerprint tells secrets apart, and does not tell them", () => {
    expect(fingerprint("one")).toBe(fingerprint("one"));
    expect(fingerprint("one")).not.toBe(fingerprint("two"));
    expect(fingerprint("one")).toMatch(/^[0-9a-f]{32}$/);
  });
});
