import type { Manifest } from "../../../../infra/backup/manifest.ts";

/** A backup of a small platform. */
export const MANIFEST: Omit<Manifest, "parts"> = {
  format: 1,
  environment: "dev",
  by: "somebody@somewhere",
  createdAt: "2026-01-10T12:00:10.000Z",
  snapshots: { redisAt: "2026-01-10T12:00:01.000Z", postgresAt: "2026-01-10T12:00:08.000Z" },
  versions: { postgres: "17.12", redis: "8.0.2", releases: { blue: "0123456789ab" } },
  database: {
    sizeBytes: 50_000_000,
    roles: ["astra_admin", "trading_app", "trading_owner"],
    tables: { "trading.trades": 3, "trading.schema_migrations": 1, "financial.ledger_entries": 4 },
    migrations: { trading: ["base-0001-events"] },
    ledger: { USD: "0.000000000000000000" },
    nextTransaction: "4711",
  },
  tokenSecret: "00112233445566778899aabbccddeeff",
};
