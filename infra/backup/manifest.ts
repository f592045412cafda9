import { UserError } from "../host/user-error.ts";
import type { DatabaseFacts } from "./database-facts.ts";

/** Version of the file's form; a reader refuses a higher one. */
export const FORMAT = 1;

/** Names of the files inside a backup. */
export const PARTS = { manifest: "manifest.json", redis: "redis.rdb", postgres: "postgres.dump", sums: "SHA256SUMS" } as const;

export interface ManifestPart {
  readonly name: string;
  readonly sizeBytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** What a backup is: what of, when, made from which versions, and what has to be in it. */
export interface Manifest {
  readonly format: typeof FORMAT;
  readonly environment: string;
  /** `name@machine`. */
  readonly by: string;
  /** ISO 8601: when both stores had been read. */
  readonly createdAt: string;
  /** ISO 8601, this machine's clock. Redis is the older one, always. */
  readonly snapshots: { readonly redisAt: string; readonly postgresAt: string };
  readonly versions: {
    readonly postgres: string;
    readonly redis: string;
    /** Release of each colour that ran. */
    readonly releases: Readonly<Record<string, string>>;
  };
  readonly database: DatabaseFacts;
  /** Tells whether another platform has the same secret `token_encryption`, and nothing else of it; absent: not known. */
  readonly tokenSecret?: string;
  readonly parts: readonly ManifestPart[];
}

function isManifest(value: unknown): value is Manifest {
  const manifest = value as Partial<Manifest> | null;
  return (
    typeof manifest === "object" &&
    manifest !== null &&
    typeof manifest.environment === "string" &&
    typeof manifest.createdAt === "string" &&
    typeof manifest.snapshots?.postgresAt === "string" &&
    typeof manifest.snapshots.redisAt === "string" &&
    typeof manifest.versions?.postgres === "string" &&
    typeof manifest.database?.tables === "object" &&
    Array.isArray(manifest.parts)
  );
}

/** @throws UserError when the text is no manifest, or one of a later form. */
export function parseManifest(file: string, text: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UserError(`${file} is damaged: its ${PARTS.manifest} is not JSON.`);
  }
  const format = (value as { readonly format?: unknown } | null)?.format;
  if (typeof format === "number" && format > FORMAT)
    throw new UserError(`${file} was written by a later release (form ${format}; this one reads ${FORMAT}). Restore it with that release.`);
  if (!isManifest(value)) throw new UserError(`${file} is damaged: its ${PARTS.manifest} lacks what every manifest has.`);
  // Such a Redis could hold events whose writes PostgreSQL does not have.
  if (value.snapshots.redisAt > value.snapshots.postgresAt) throw new UserError(`${file} cannot be used: its Redis is newer than its PostgreSQL.`);
  return value;
}
