import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { environmentContainers } from "../../infra/host/containers.ts";
import { waitFor } from "../support/wait-for.ts";
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

  const post = async (path: string, body: unknown, token?: string): Promise<Record<string, unknown>> => {
    const headers = { "content-type": "application/json", ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
    const response = await fetch(`${api}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    const text = await response.text();
    expect(response.ok, `${path}: ${response.status} ${text}`).toBe(true);
    return JSON.parse(text) as Record<string, unknown>;
  };
  const trade = async (token: string): Promise<string> => {
    const { trade } = (await post("/trading/execute", { asset_symbol: "BTC/USD", direction: "LONG", amount: 100 }, token)) as { readonly trade: { readonly positionId: string } };
    return trade.positionId;
  };
  const positions = async (token: string): Promise<string> => await (await fetch(`${api}/trading/positions`, { headers: { authorization: `Bearer ${token}` } })).text();

  const ids = async (): Promise<readonly string[]> => (await environmentContainers(environment)).map(({ id }) => id).sort();

  const take = (): void => {
    test("writes a backup while it serves, restores it into stores of its own, and refuses to restore over data (R-DEP-6)", async () => {
      const token = String((await post("/users/register", USER))["token"]);
      positionId = await trade(token);

      expect(await astraOk("backup", ...here, "--to", file, "--test")).toContain("every row, migration and sum is there");
      expect(statSync(file).mode & 0o777).toBe(0o600);

      const before = await ids();
      const refused = await astra("restore", file, ...here);
      expect(refused.code).toBe(1);
      expect(refused.output).toContain(`Environment "${environment}" has data, and a restore would replace all of it. Nothing was changed.`);
      expect(await ids()).toEqual(before);
      expect(await positions(token)).toContain(positionId);
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
      await waitFor("the edge to have found its gateway", async () => ((await fetch(`${api}/trading/prices`)).ok ? true : undefined), 60_000);
      const token = String((await post("/users/login", { username: USER.username, password: USER.password }))["token"]);
      expect(await positions(token)).toContain(positionId);
      const later = await trade(token);
      expect(await positions(token)).toContain(later);
    });
  };
  return { take, restore };
}
