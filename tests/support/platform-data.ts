import { readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { migrateSchema } from "../../services/base/postgres/migrator.ts";
import { schemaPlans } from "../../services/migrate/schemas.ts";
import type { StoreContainer } from "./store-containers.ts";

export interface RoleConnection {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** Connection of a role of a PostgreSQL that `startPostgres` has started. */
export function connectionOf({ host, port }: StoreContainer, secretsDir: string, role: string): RoleConnection {
  const password = readFileSync(join(secretsDir, `postgres_${role.replace(/^astra_/, "")}`), "utf8");
  return { host, port, user: role, password, database: "astradb" };
}

/** Works as a role, on a connection of its own. */
export async function asRole<T>(postgres: StoreContainer, secretsDir: string, role: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(connectionOf(postgres, secretsDir, role));
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Applies every domain's migrations. */
export async function migratePlatform(postgres: StoreContainer, secretsDir: string): Promise<void> {
  for (const { schema, migrations } of schemaPlans)
    await asRole(postgres, secretsDir, `${schema}_owner`, async (client) => await migrateSchema(client, schema, migrations));
}

const ID = (n: string, kind: number): string => `('0${kind}923456-' || lpad(to_hex(${n} / 65536), 4, '0') || '-7000-8000-' || lpad(to_hex(${n}), 12, '0'))::uuid`;

/** What a trade leaves in every domain, for trades number `$1` to `$2`: rows as the services write them. */
const TRADES = [
  `INSERT INTO trading.positions (id, user_id, symbol, direction, leverage, quantity, amount, margin, entry_price, opened_at)
   SELECT ${ID("n", 1)}, 1000 + n / 20, 'BTC/USD', 'LONG', 2, 0.015 + n % 97 / 1000.0, 1000 + n % 500, 500, 64000 + n % 3000 / 7.0, now() - n * interval '1 s'
   FROM generate_series($1::int, $2::int) n`,
  `INSERT INTO trading.trades (id, position_id, user_id, effect, price, quantity, amount, fee, executed_at)
   SELECT ${ID("n", 2)}, ${ID("n", 1)}, 1000 + n / 20, 'open', 64000 + n % 3000 / 7.0, 0.015 + n % 97 / 1000.0, 1000 + n % 500, 1.5, now() - n * interval '1 s'
   FROM generate_series($1::int, $2::int) n`,
  `INSERT INTO financial.ledger_transactions (id, kind, reference, user_id, occurred_at)
   SELECT ${ID("n", 3)}, 'trade-fee', ${ID("n", 2)}::text, 1000 + n / 20, now() - n * interval '1 s' FROM generate_series($1::int, $2::int) n`,
  `INSERT INTO financial.ledger_entries (transaction_id, position, account, currency, amount)
   SELECT ${ID("n", 3)}, side, CASE side WHEN 0 THEN 'cash' ELSE 'fees' END, 'USD', (1.5 + n % 7) * (1 - 2 * side)
   FROM generate_series($1::int, $2::int) n, generate_series(0, 1) side`,
  `INSERT INTO social.entries (id, type, user_id, text, details, occurred_at)
   SELECT ${ID("n", 4)}, 'trade', 1000 + n / 20, 'bought BTC/USD number ' || n, jsonb_build_object('tradeId', ${ID("n", 2)}, 'amount', 1000 + n % 500), now() - n * interval '1 s'
   FROM generate_series($1::int, $2::int) n`,
  `INSERT INTO trading.outbox (event_id, type, aggregate_id, envelope, sent_at, stream_id)
   SELECT ${ID("n", 5)}, 'trading.trade.executed', (1000 + n / 20)::text,
     json_build_object('id', ${ID("n", 5)}, 'type', 'trading.trade.executed', 'version', 1, 'aggregateId', (1000 + n / 20)::text, 'occurredAt', now() - n * interval '1 s',
       'correlationId', md5(n::text), 'producer', json_build_object('service', 'trading', 'colour', 'blue', 'version', '0123456789ab'),
       'data', json_build_object('tradeId', ${ID("n", 2)}, 'userId', 1000 + n / 20, 'symbol', 'BTC/USD', 'direction', 'LONG', 'amount', '1000.00', 'price', '64000.12', 'quantity', '0.015', 'fee', '1.50')),
     now(), '1700000000000-' || n
   FROM generate_series($1::int, $2::int) n`,
  ...["gamification", "social", "financial", "users"].map(
    (schema) => `INSERT INTO ${schema}.inbox (event_id, group_name) SELECT ${ID("n", 5)}, '${schema}.trades' FROM generate_series($1::int, $2::int) n`,
  ),
];

const PER_STATEMENT = 20_000;

/**
 * Fills a migrated platform with the traces of trades `from` to `to`. Triggers and foreign keys are passed by: the rows
 * are what they would be, in a fraction of the time.
 */
export async function fillWithTrades(postgres: StoreContainer, secretsDir: string, from: number, to: number): Promise<void> {
  await asRole(postgres, secretsDir, "astra_admin", async (client) => {
    await client.query("SET session_replication_role = replica; SET synchronous_commit = off");
    await client.query("INSERT INTO financial.ledger_accounts (code, currency, kind) VALUES ('cash', 'USD', 'asset'), ('fees', 'USD', 'revenue') ON CONFLICT DO NOTHING");
    await client.query(
      `INSERT INTO trading.accounts (user_id, tier, balance) SELECT 1000 + n, 'free', 10000 FROM generate_series($1::int / 20, $2::int / 20) n ON CONFLICT DO NOTHING`,
      [from, to],
    );
    for (let first = from; first <= to; first += PER_STATEMENT)
      for (const statement of TRADES) await client.query(statement, [first, Math.min(to, first + PER_STATEMENT - 1)]);
  });
}

/** Size of the database, bytes. */
export async function databaseBytes(postgres: StoreContainer, secretsDir: string): Promise<number> {
  return await asRole(postgres, secretsDir, "astra_admin", async (client) => {
    const { rows } = await client.query<{ bytes: string }>("SELECT pg_database_size('astradb') AS bytes");
    return Number(rows[0]?.bytes);
  });
}
