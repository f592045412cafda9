import type { Migration } from "../base/postgres/migration.ts";

export const migrations: readonly Migration[] = [
  {
    id: "0001-ledger",
    phase: "expand",
    // Debits are positive, credits negative. The checks run at commit, when all entries of a transaction are there.
    sql: `
      CREATE TABLE ledger_accounts (
        code text NOT NULL,
        currency text NOT NULL CHECK (currency ~ '^[A-Z0-9]{2,10}$'),
        kind text NOT NULL CHECK (kind IN ('asset', 'liability', 'equity', 'revenue', 'expense')),
        PRIMARY KEY (code, currency)
      );

      CREATE TABLE ledger_transactions (
        id uuid PRIMARY KEY,
        kind text NOT NULL,
        reference text NOT NULL,
        user_id bigint,
        occurred_at timestamptz NOT NULL,
        recorded_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (kind, reference)
      );
      CREATE INDEX ledger_transactions_by_time ON ledger_transactions (occurred_at);

      CREATE TABLE ledger_entries (
        transaction_id uuid NOT NULL REFERENCES ledger_transactions,
        position smallint NOT NULL,
        account text NOT NULL,
        currency text NOT NULL,
        amount numeric(38, 18) NOT NULL CHECK (amount <> 0),
        PRIMARY KEY (transaction_id, position),
        FOREIGN KEY (account, currency) REFERENCES ledger_accounts
      );
      CREATE INDEX ledger_entries_by_account ON ledger_entries (account, currency);

      CREATE FUNCTION ledger_require_balance() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
      DECLARE
        wrong record;
      BEGIN
        SELECT currency, sum(amount) AS total INTO wrong FROM ledger_entries
        WHERE transaction_id = NEW.transaction_id GROUP BY currency HAVING sum(amount) <> 0 LIMIT 1;
        IF FOUND THEN
          RAISE EXCEPTION 'ledger transaction % does not balance: its entries in % sum to %, not 0',
            NEW.transaction_id, wrong.currency, wrong.total
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_balance';
        END IF;
        RETURN NULL;
      END $$;
      CREATE CONSTRAINT TRIGGER ledger_balance AFTER INSERT ON ledger_entries
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_require_balance();

      CREATE FUNCTION ledger_require_entries() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
      BEGIN
        IF NOT EXISTS (SELECT FROM ledger_entries WHERE transaction_id = NEW.id) THEN
          RAISE EXCEPTION 'ledger transaction % has no entries', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_has_entries';
        END IF;
        RETURN NULL;
      END $$;
      CREATE CONSTRAINT TRIGGER ledger_has_entries AFTER INSERT ON ledger_transactions
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_require_entries();
    `,
  },
  {
    id: "0002-ledger-append-only",
    phase: "expand",
    // The service's role has no right to change what is recorded, and the triggers refuse it to the owner as well.
    sql: `
      REVOKE UPDATE, DELETE, TRUNCATE ON ledger_accounts, ledger_transactions, ledger_entries FROM financial_app;

      CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION '% is append-only: post a correcting transaction instead', TG_TABLE_NAME
          USING ERRCODE = 'insufficient_privilege';
      END $$;
      CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_accounts
        FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
      CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_transactions
        FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
      CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entries
        FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
    `,
  },
  {
    id: "0003-subscriptions",
    phase: "expand",
    sql: `
      CREATE TABLE subscriptions (
        id uuid PRIMARY KEY,
        user_id bigint NOT NULL,
        plan text NOT NULL,
        price numeric(38, 18) NOT NULL CHECK (price >= 0),
        currency text NOT NULL,
        status text NOT NULL CHECK (status IN ('active', 'expired')),
        starts_at timestamptz NOT NULL,
        ends_at timestamptz NOT NULL CHECK (ends_at > starts_at)
      );
      CREATE UNIQUE INDEX one_active_subscription ON subscriptions (user_id) WHERE status = 'active';
      CREATE INDEX subscriptions_of_user ON subscriptions (user_id, starts_at DESC);
    `,
  },
  {
    id: "0004-kpis",
    phase: "expand",
    // An hour's first and last moment of each user tell exactly who was active in any window of hours and more.
    sql: `
      CREATE TABLE kpi_minutes (
        minute timestamptz NOT NULL,
        metric text NOT NULL,
        value numeric NOT NULL,
        PRIMARY KEY (minute, metric)
      );

      CREATE TABLE activity_hours (
        hour timestamptz NOT NULL,
        user_id bigint NOT NULL,
        first_at timestamptz NOT NULL,
        last_at timestamptz NOT NULL,
        PRIMARY KEY (hour, user_id)
      );
    `,
  },
  {
    id: "0005-cohorts",
    phase: "expand",
    sql: `
      CREATE TABLE cohort_members (
        user_id bigint PRIMARY KEY,
        registered_at timestamptz,
        first_trade_at timestamptz,
        trades integer NOT NULL DEFAULT 0,
        revenue numeric NOT NULL DEFAULT 0
      );
      CREATE INDEX cohort_members_by_registration ON cohort_members (registered_at);
    `,
  },
  {
    id: "0006-renewal",
    phase: "expand",
    // Whoever subscribed before there were renewals has not agreed to one.
    sql: `
      ALTER TABLE subscriptions
        ADD COLUMN renews boolean NOT NULL DEFAULT false,
        ADD COLUMN periods integer NOT NULL DEFAULT 1 CHECK (periods >= 1);
      CREATE INDEX subscriptions_by_end ON subscriptions (ends_at) WHERE status = 'active';
    `,
  },
  {
    id: "0007-incremental-audit",
    phase: "expand",
    // An entry knows the transaction that wrote it, so that an audit adds up each entry once: those of transactions that had
    // ended when the audit before looked are in its sums. Entries from before have no number and are in the first sums.
    sql: `
      ALTER TABLE ledger_entries ADD COLUMN written_by xid8;
      ALTER TABLE ledger_entries ALTER COLUMN written_by SET DEFAULT pg_current_xact_id();
      CREATE INDEX ledger_entries_by_writer ON ledger_entries (written_by);

      CREATE TABLE ledger_audits (
        currency text PRIMARY KEY,
        sum numeric NOT NULL
      );
      CREATE TABLE ledger_audit_mark (
        only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
        audited_before xid8 NOT NULL,
        whole_at timestamptz NOT NULL
      );
    `,
  },
  {
    id: "0008-active-users",
    phase: "expand",
    // One row for each user, so that who was active in the last day is counted without sorting every hour of it. A trigger
    // keeps it, whichever release writes the hours. Only the last two days are ever asked for.
    sql: `
      CREATE TABLE active_users (
        user_id bigint PRIMARY KEY,
        last_at timestamptz NOT NULL
      ) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);

      CREATE FUNCTION note_active_users() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
      BEGIN
        -- In the order of users, so that two transactions wait for each other and never lock up.
        INSERT INTO active_users AS mine (user_id, last_at)
        SELECT user_id, max(last_at) FROM seen GROUP BY user_id ORDER BY user_id
        ON CONFLICT (user_id) DO UPDATE SET last_at = excluded.last_at WHERE excluded.last_at > mine.last_at;
        RETURN NULL;
      END $$;
      CREATE TRIGGER note_new_hours AFTER INSERT ON activity_hours
        REFERENCING NEW TABLE AS seen FOR EACH STATEMENT EXECUTE FUNCTION note_active_users();
      CREATE TRIGGER note_longer_hours AFTER UPDATE ON activity_hours
        REFERENCING NEW TABLE AS seen FOR EACH STATEMENT EXECUTE FUNCTION note_active_users();

      INSERT INTO active_users SELECT user_id, max(last_at) FROM activity_hours
      WHERE hour > now() - interval '50 hours' GROUP BY user_id;
    `,
  },
];
