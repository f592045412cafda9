import { REVOKED_KEY, JWKS_KEY } from "../../services/base/auth/tokens.ts";
import { REGISTRY_KEY } from "../../services/base/registry/instance.ts";
import { TRAFFIC_KEY } from "../../services/base/traffic/table.ts";
import { contentOf, entryOf, type Archive } from "./archive-reader.ts";
import { HelperContainer, LIFETIME_SECONDS } from "./helper-container.ts";
import { PARTS } from "./manifest.ts";
import { BACKUP_KEY } from "./outcome.ts";
import { LOADING_FOLDER, REDIS_PATH } from "./places.ts";
import { feed } from "./stream-command.ts";
import type { Step } from "./take-backup.ts";

/** What belongs to the processes that ran, or is told anew by those that start. */
const OF_THE_OLD = [REGISTRY_KEY, TRAFFIC_KEY, JWKS_KEY, REVOKED_KEY, BACKUP_KEY];
const LIMITS = "astra:limit:*";

const MEMORY_MB = 1024;
const START_MS = 300_000;
const SOCKET = "/tmp/redis.sock";
const cli = (...command: readonly string[]): readonly string[] => ["redis-cli", "-s", SOCKET, ...command];

/** What a loaded Redis holds. */
export interface LoadedRedis {
  readonly keys: number;
  /** Entries of each event stream. */
  readonly streams: Readonly<Record<string, number>>;
}

async function describe(helper: HelperContainer): Promise<LoadedRedis> {
  const keys = Number((await helper.runOrFail(cli("DBSIZE"), "DBSIZE", START_MS)).trim());
  const names = (await helper.runOrFail(cli("--scan", "--pattern", "events:*"), "SCAN", START_MS)).split("\n").filter((name) => name !== "");
  const streams: Record<string, number> = {};
  for (const name of names.sort()) streams[name] = Number((await helper.runOrFail(cli("XLEN", name), "XLEN", START_MS)).trim());
  return { keys, streams };
}

/**
 * Makes a Redis of the backup's snapshot in a container of its own without a network, takes out what belonged to the
 * processes that ran, and leaves its append-only files in the volume's folder `restoring`. Without a volume, in one that
 * goes with the container.
 */
export async function loadRedis(archive: Archive, image: string, volume: string | undefined, step: Step): Promise<LoadedRedis> {
  const data = `${REDIS_PATH}/${LOADING_FOLDER}`;
  const helper = await HelperContainer.start({
    kind: "redis",
    image,
    dataPath: REDIS_PATH,
    ...(volume === undefined ? {} : { volume }),
    tmpfs: ["/tmp:size=16m,mode=1777"],
    memoryMb: MEMORY_MB,
    // The server comes when its file is there.
    script: `set -e; rm -rf ${data}; mkdir ${data}; end=$((SECONDS + ${LIFETIME_SECONDS}));
      until [ -e ${data}/complete ]; do [ $SECONDS -lt $end ]; sleep 0.1; done; rm ${data}/complete
      exec timeout --signal=TERM ${LIFETIME_SECONDS} redis-server --dir ${data} --dbfilename dump.rdb --save "" --appendonly no --port 0 --unixsocket ${SOCKET}`,
  });
  try {
    return await step(
      "Redis: loaded, without a network",
      async () => {
        const write = `until [ -d ${data} ]; do sleep 0.1; done; cat > ${data}/dump.rdb && touch ${data}/complete`;
        await feed(helper.inside(["bash", "-c", write]), "Copying the snapshot", contentOf(archive.file, entryOf(archive, PARTS.redis)), START_MS);
        await helper.until(["bash", "-c", `[[ $(redis-cli -s ${SOCKET} PING) == PONG ]]`], "The Redis for the restore", START_MS);
        await helper.runOrFail(cli("DEL", ...OF_THE_OLD), "DEL", START_MS);
        await helper.runOrFail(["bash", "-c", `redis-cli -s ${SOCKET} --scan --pattern '${LIMITS}' | xargs -r -n 500 redis-cli -s ${SOCKET} UNLINK > /dev/null`], "UNLINK", START_MS);
        const loaded = await describe(helper);
        // Redis itself makes its append-only files of what it has in memory.
        await helper.runOrFail(cli("CONFIG", "SET", "appendonly", "yes"), "CONFIG SET", START_MS);
        const written = "info=$(redis-cli -s $0 INFO persistence); [[ $info == *aof_rewrite_in_progress:0* && $info == *aof_rewrite_scheduled:0* && $info == *aof_last_bgrewrite_status:ok* ]]";
        await helper.until(["bash", "-c", written, SOCKET], "The append-only file", START_MS);
        await helper.stop("TERM", "The Redis for the restore");
        return loaded;
      },
      ({ keys, streams }) => `${keys} keys, ${Object.values(streams).reduce((sum, length) => sum + length, 0).toLocaleString("en")} events in ${Object.keys(streams).length} streams`,
    );
  } finally {
    await helper.remove();
  }
}
