import { boards } from "./boards.ts";
import type { Board } from "./model/board.ts";
import { dashboardOf } from "./model/build.ts";
import { checkBoards } from "./model/check-board.ts";

/** Folders that hold nothing but generated files. */
export const GENERATED_DASHBOARD_FOLDERS = ["dashboards/_gen"] as const;

/**
 * Dashboards as Grafana reads them, by path from the project's root. JSON has no comments: `editable: false` keeps
 * people from editing them.
 * @throws BoardError, ExpressionError or PromqlError, before anything is made.
 */
export function generatedDashboards(from: readonly Board[] = boards): ReadonlyMap<string, string> {
  checkBoards(from);
  return new Map(from.map((board) => [`dashboards/_gen/${board.uid}.json`, `${JSON.stringify(dashboardOf(board), null, 2)}\n`]));
}
