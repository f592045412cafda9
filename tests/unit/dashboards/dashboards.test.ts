import { describe, expect, it } from "vitest";
import { DASHBOARDS } from "../../../alerts/model/alert.ts";
import { boards } from "../../../dashboards/boards.ts";
import { GENERATED_DASHBOARD_FOLDERS, generatedDashboards } from "../../../dashboards/generated.ts";
import type { Board, PanelSpec } from "../../../dashboards/model/board.ts";
import { withAllChosen } from "../../../dashboards/model/check-board.ts";
import { committedFiles } from "../../../infra/host/generated-files.ts";
import { KPIS } from "../../../services/base/metrics-contract/business.ts";

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title?: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource?: { readonly uid: string };
  readonly targets?: readonly { readonly expr: string; readonly datasource: { readonly uid: string } }[];
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
}
interface Dashboard {
  readonly uid: string;
  readonly editable: boolean;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly type: string; readonly refresh?: number }[] };
}

const files = generatedDashboards();
const dashboards = [...files.values()].map((text) => JSON.parse(text) as Dashboard);

describe("the dashboards (R-MON-1)", () => {
  it("are one for the business and one for each area of operation, where alerts lead to", () => {
    expect(dashboards.map((dashboard) => dashboard.uid).sort()).toEqual(Object.values(DASHBOARDS).sort());
  });

  it("are in the repository as they are generated: run `npm run generate`", async () => {
    const committed = await committedFiles(GENERATED_DASHBOARD_FOLDERS);
    expect([...committed.keys()].sort()).toEqual([...files.keys()].sort());
    for (const [path, text] of files) expect(committed.get(path), path).toBe(text);
  });

  it("come out as the same bytes each time", () => {
    expect([...generatedDashboards()]).toEqual([...files]);
  });

  it.each(dashboards)("leave the choice of the data source, and cannot be edited: $uid", (dashboard) => {
    expect(dashboard.editable).toBe(false);
    expect(dashboard.templating.list[0]?.type).toBe("datasource");
    for (const variable of dashboard.templating.list.slice(1)) expect(variable.refresh).toBe(2);
    for (const panel of dashboard.panels.filter(({ type }) => type !== "row")) {
      expect(panel.datasource?.uid, panel.title).toBe("${datasource}");
      for (const target of panel.targets ?? []) expect(target.datasource.uid, panel.title).toBe("${datasource}");
    }
  });

  it.each(dashboards)("say of every panel what it shows and in which unit: $uid", (dashboard) => {
    const panels = dashboard.panels.filter(({ type }) => type !== "row");
    expect(panels.length).toBeGreaterThan(8);
    for (const { title, description, fieldConfig, targets } of panels) {
      expect(title).toMatch(/^[A-Z]/);
      expect(description, title).toMatch(/^\S.*\.$/);
      expect(fieldConfig?.defaults.unit, title).toMatch(/^\w+$/);
      expect(targets?.length, title).toBeGreaterThan(0);
    }
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
  });

  it.each(dashboards)("put no panel over another, and none beside the board: $uid", ({ panels }) => {
    const taken = new Map<string, string>();
    for (const { gridPos, title = "" } of panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.get(`${x},${y}`), `${title} over another panel`).toBeUndefined();
          taken.set(`${x},${y}`, title);
        }
    }
  });

  it("show each of the eight KPIs", () => {
    const business = dashboards.find(({ uid }) => uid === DASHBOARDS.business);
    const queries = business?.panels.flatMap((panel) => (panel.targets ?? []).map((target) => target.expr)) ?? [];
    for (const { name } of Object.values(KPIS)) expect(queries).toContain(`max(${name})`);
  });
});

describe("the bar for a panel", () => {
  const panel: PanelSpec = { kind: "graph", title: "T", description: "D.", unit: "short", queries: [{ expr: "max(redis_up)" }], width: 12 };
  const check = (change: Partial<PanelSpec>, more: Partial<Board> = {}) => () =>
    generatedDashboards([{ uid: "b", title: "B", description: "B.", variables: [], rows: [{ title: "R", panels: [{ ...panel, ...change }] }], ...more }]);

  it("lets a good one through", () => {
    expect(check({})).not.toThrow();
  });

  it("refuses a metric that is not in the contract", () => {
    expect(check({ queries: [{ expr: "max(redis_upp)" }] })).toThrow("b/T: 1 in its expression\n  redis_upp is not in the metric contract");
  });

  it("refuses a variable that the board does not have", () => {
    expect(check({ queries: [{ expr: 'up{workload=~"$workload"}' }] })).toThrow('panel "T" uses $workload, which the board does not have');
  });

  it("refuses a rate over a fixed window", () => {
    expect(check({ queries: [{ expr: "sum(rate(redis_commands_processed_total[5m]))" }] })).toThrow("take [$__rate_interval]");
  });

  it("refuses lines without a name, and two panels with one question", () => {
    expect(check({ queries: [{ expr: "max(redis_up)" }, { expr: "max(pg_up)" }] })).toThrow("does not name their lines");
    expect(check({}, { rows: [{ title: "R", panels: [panel, panel] }] })).toThrow("b: two panels ask max(redis_up)");
  });

  it("refuses a panel that is wider than a board", () => {
    expect(check({ width: 24 })).not.toThrow();
    expect(check({ width: 25 })).toThrow("is 25 columns wide");
  });

  it("asks what every choice on All asks", () => {
    expect(withAllChosen('rate(x{a=~"$route"}[$__rate_interval])')).toBe('rate(x{a=~".*"}[1m])');
    expect(boards.length).toBe(6);
  });
});
