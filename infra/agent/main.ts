import { createLogger } from "../../services/base/log.ts";
import { startAgent } from "./agent.ts";
import { readAgentConfig } from "./config.ts";
import { DockerEngine } from "./engine/docker-engine.ts";
import { startRollbackAgent } from "./rollback/rollback-agent.ts";

/** The agent's process: SIGTERM and SIGINT end it with 0; what it cannot start with is one line and exit code 1. */
try {
  const config = readAgentConfig();
  const log = createLogger(config);
  const { engineSocket, environment } = config;
  const agent = engineSocket === undefined ? await startRollbackAgent({ config, log }) : await startAgent({ config, engine: new DockerEngine(engineSocket, environment), log });
  const stop = (): void => {
    void agent.stop().then(() => process.exit(0));
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
} catch (error) {
  const msg = `agent cannot start: ${error instanceof Error ? error.message : String(error)}`;
  process.stderr.write(`${JSON.stringify({ level: "fatal", time: new Date().toISOString(), service: "agent", msg })}\n`);
  process.exit(1);
}
