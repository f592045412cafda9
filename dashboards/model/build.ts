import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  type Threshold as GrafanaThreshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  VariableRefresh,
  VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";
import {
  BigValueColorMode,
  BigValueGraphMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TimeseriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import type { Board, PanelSpec, Variable } from "./board.ts";
import { changeMarks } from "./changes.ts";

const DATASOURCE = { type: "prometheus", uid: "${datasource}" } as const;
const STAT_HEIGHT = 4;
const GRAPH_HEIGHT = 8;
const FILL_PERCENT = 10;

function thresholdsOf({ thresholds = [{ from: 0, colour: "green" }] }: PanelSpec): ThresholdsConfigBuilder {
  // Grafana wants no lower bound on the first one; its type does not say so.
  const steps = thresholds.map(({ from, colour }, index) => ({ value: index === 0 ? null : from, color: colour }) as GrafanaThreshold);
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps);
}

function queriesOf(panel: PanelSpec): DataqueryBuilder[] {
  return panel.queries.map(({ expr, legend }, index) => {
    const query = new DataqueryBuilder().expr(expr).refId(String.fromCharCode(65 + index)).datasource(DATASOURCE);
    return legend === undefined ? query : query.legendFormat(legend);
  });
}

function panelOf(panel: PanelSpec, id: number): StatBuilder | TimeseriesBuilder {
  const builder =
    panel.kind === "stat"
      ? new StatBuilder()
          .height(STAT_HEIGHT)
          .graphMode(BigValueGraphMode.Area)
          .colorMode(BigValueColorMode.Value)
          .reduceOptions(new ReduceDataOptionsBuilder().calcs(["lastNotNull"]))
      : new TimeseriesBuilder()
          .height(GRAPH_HEIGHT)
          .fillOpacity(FILL_PERCENT)
          .legend(new VizLegendOptionsBuilder().displayMode(LegendDisplayMode.List).placement(LegendPlacement.Bottom).showLegend(true).calcs([]))
          .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi));
  return builder
    .id(id)
    .title(panel.title)
    .description(panel.description)
    .unit(panel.unit)
    .span(panel.width)
    .datasource(DATASOURCE)
    .thresholds(thresholdsOf(panel))
    .targets(queriesOf(panel));
}

function variableOf({ name, label, metric, of }: Variable): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(DATASOURCE)
    .query(`label_values(${metric}, ${of})`)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue(".*")
    .current({ text: ["All"], value: ["$__all"] });
}

/** A board as Grafana reads it. The same board gives the same object. */
export function dashboardOf(board: Board): Dashboard {
  const builder = new DashboardBuilder(board.title)
    .uid(board.uid)
    .description(board.description)
    .tags(["astratrade"])
    .readonly()
    .refresh("10s")
    .time({ from: "now-1h", to: "now" })
    .timezone("browser")
    .tooltip(DashboardCursorSync.Crosshair)
    .withVariable(new DatasourceVariableBuilder("datasource").label("Data source").type("prometheus"));
  for (const variable of board.variables) builder.withVariable(variableOf(variable));
  let id = 0;
  for (const row of board.rows) {
    builder.withRow(new RowBuilder(row.title).id((id += 1)));
    for (const panel of row.panels) builder.withPanel(panelOf(panel, (id += 1)));
  }
  const dashboard = builder.build();
  // The SDK's type of an annotation knows nothing of a data source's own fields, such as Prometheus' expression.
  const marks = { list: [changeMarks(DATASOURCE)] } as unknown as NonNullable<Dashboard["annotations"]>;
  return { ...dashboard, annotations: marks };
}
