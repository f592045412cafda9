import type { PostgresSettings, RedisSettings } from "../../../../../services/base/config.ts";
import { busProcess, recording } from "./bus-process.ts";

/** A process that is killed with effects committed and nothing acknowledged: the worst moment. Its argument says where
 * the stores are. */
const { postgres, redis, group } = JSON.parse(process.argv[2] ?? "") as {
  postgres: PostgresSettings;
  redis: RedisSettings;
  group: string;
};
const dying = busProcess("social", postgres, redis, { instance: "social-dying" });
dying.bus.start([recording(group)]);
const connection = dying.redis.get(group);
if (connection === undefined) throw new Error(`no connection of ${group}`);
const die = () => process.kill(process.pid, "SIGKILL") as never;
connection.xack = die;
// Acknowledgements go with the next read as well.
const pipelineOf = connection.pipeline.bind(connection);
connection.pipeline = (...commands) => {
  const pipeline = pipelineOf(...commands);
  pipeline.xack = die;
  return pipeline;
};
