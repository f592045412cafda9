import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { environmentContainers } from "../../infra/host/containers.ts";
import { astra, astraOk } from "./astra.ts";
import { leftovers } from "./inspect.ts";

export interface BackupPlace {
  readonly environment: string;
  readonly portOffset: number;
  /** Flags of the first `up`. */
  readonly up: readonly string[];
}

const USER = { username: "comes-back", email: "comes-back@example.org", password: "correct horse battery staple" };

/** Takes a backup of a platform that serves, and later brings a new one up from it. */
export function backupTests({ environment, portOffset, up }: BackupPlace): { readonly take: () => void; readonly restore: () => void } {
  const here = ["--environment", environment];
  const api = `http://127.0.0.1:${8000 + portOffset}/api/v1`;
  const folder = mkdtempSync(join(tmpdir(), "astra-e2e-backup-"));
  const file = join(folder, "backup.tar");
  let positionId = "";

  const post = async (path: string, body: unknown): Promise<{ status: number; json: Record<string, unknown> }> => {
    const response = await fetch(`${api}${path}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    return { status: response.status, json: (await response.json()) as Record<string, unknown> };
  };
  const positions = async (): Promise<string> => await (await fetch(`${api}/trading/positions`, { headers: { "x-user-id": "123" } })).text();

  const take = (): void => {
    test("writes a backup while it serves, restores it into stores of its own, and refuses to restore over data (R-DEP-6)", async () => {
      expect((await post("/users/register", USER)).status).toBe(201);
      const { status, json } = await post("/trading/execute", { user_id: 123, asset_symbol: "BTC/USD", direction: "LONG", amount: 1000 });
      expect(status).toBe(201);
      positionId = (json["trade"] as { readonly positionId: string }).positionId;

      expect(await astraOk("backup", ...here, "--to", file, "--test")).toContain("every row, migration and sum is there");
      expect(statSync(file).mode & 0o777).toBe(0o600);

      const before = await environmentContainers(environment);
      const refused = await astra("restore", file, ...here);
      expect(refused.code).toBe(1);
      expect(refused.output).toContain(`Environment "${environment}" has data, and a restore would replace all of it. Nothing was changed.`);
      expect((await environmentContainers(environment)).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
      expect(await positions()).toContain(positionId);
    });

    test("shows the logs of the colour that went (R-DEP-6)", async () => {
      expect(await astraOk("logs", "blue", "gateway", "--removed", ...here, "--tail", "20")).toMatch(/blue\/gateway/);
    });
  };

  const restore = (): void => {
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    test("comes up with everybody and everything from a backup after all data is gone, under new secrets (R-DEP-6)", async () => {
      // `down` has left the data; only its flag takes it.
      expect(await leftovers("volume", environment)).toEqual(expect.arrayContaining([`astra-${environment}-postgres`, `astra-${environment}-redis`]));
      await astraOk("down", ...here, "--volumes", "--yes");
      expect(await leftovers("volume", environment)).toEqual([]);

      const output = await astraOk("restore", file, ...here, ...up);
      expect(output).toContain("Restored from");
      expect(output).toContain("The secret token_encryption is another one here");
      expect((await post("/users/login", { username: USER.username, password: USER.password })).status).toBe(200);
      expect(await positions()).toContain(positionId);
      expect((await post("/trading/execute", { user_id: 123, asset_symbol: "BTC/USD", direction: "LONG", amount: 1000 })).status).toBe(201);
    });
  };
  return { take, restore };
}
