import type { Command } from "./command.ts";
import { backupCommand } from "./commands/backup.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { downCommand } from "./commands/down.ts";
import { driftCommand } from "./commands/drift.ts";
import { envCommand } from "./commands/env.ts";
import { eventsCommand } from "./commands/events.ts";
import { imagesCommand } from "./commands/images.ts";
import { logsCommand } from "./commands/logs.ts";
import { migrationsCommand } from "./commands/migrations.ts";
import { monitoringCommand } from "./commands/monitoring.ts";
import { previewCommand } from "./commands/preview.ts";
import { historyCommand } from "./commands/history.ts";
import { renderCommand } from "./commands/render.ts";
import { restoreCommand } from "./commands/restore.ts";
import { rollbackCommand } from "./commands/rollback.ts";
import { rolloutCommand } from "./commands/rollout.ts";
import { scaleCommand } from "./commands/scale.ts";
import { simulateCommand } from "./commands/simulate.ts";
import { statusCommand } from "./commands/status.ts";
import { testCommand } from "./commands/test.ts";
import { unlockCommand } from "./commands/unlock.ts";
import { upCommand } from "./commands/up.ts";

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  upCommand,
  rolloutCommand,
  rollbackCommand,
  scaleCommand,
  downCommand,
  statusCommand,
  historyCommand,
  testCommand,
  simulateCommand,
  logsCommand,
  monitoringCommand,
  migrationsCommand,
  eventsCommand,
  backupCommand,
  restoreCommand,
  doctorCommand,
  previewCommand,
  driftCommand,
  renderCommand,
  imagesCommand,
  envCommand,
  unlockCommand,
];
