/** Reference to a data source. */
export interface DatasourceJson {
  readonly type: string;
  readonly uid: string;
}

/** One query of a panel or annotation. */
export interface TargetJson {
  readonly datasource: DatasourceJson;
  readonly rawSql: string;
  readonly refId: string;
  /** 0 lines, 1 rows. */
  readonly format: number;
}

/** One panel; a row has neither targets nor fields. */
export interface PanelJson {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: DatasourceJson;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly TargetJson[];
  readonly fieldConfig?: {
    readonly defaults: { readonly unit?: string };
    readonly overrides?: readonly { readonly matcher: { readonly id: string; readonly options: string } }[];
  };
}

/** One variable of the bar at the top. */
export interface VariableJson {
  readonly name: string;
  readonly type: string;
  readonly datasource?: DatasourceJson;
  /** SQL of a query variable, plugin of a data source variable. */
  readonly query: string | { readonly rawSql: string };
}

/** What checks read of a dashboard in Grafana's classic JSON. */
export interface DashboardJson {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly graphTooltip: number;
  readonly time: { readonly from: string; readonly to: string };
  readonly refresh: string;
  readonly links: readonly { readonly tags: readonly string[] }[];
  readonly panels: readonly PanelJson[];
  readonly templating: { readonly list: readonly VariableJson[] };
  readonly annotations: {
    readonly list: readonly {
      readonly name: string;
      readonly datasource: DatasourceJson;
      readonly target: TargetJson;
    }[];
  };
}

/** One query of a dashboard and where it stands. */
export interface NamedQuery {
  /** `panel TITLE`, `annotation NAME` or `variable NAME`. */
  readonly name: string;
  readonly rawSql: string;
  /** 0 lines, 1 rows; null for variables. */
  readonly format: number | null;
}

/** Reads the text of a dashboard's file. */
export function readDashboard(text: string): DashboardJson {
  return JSON.parse(text) as DashboardJson;
}

/** Every query a dashboard runs: panels, annotations, variables. */
export function queriesOf(dashboard: DashboardJson): NamedQuery[] {
  const panels = dashboard.panels.flatMap((panel) =>
    (panel.targets ?? []).map(({ rawSql, format }) => ({ name: `panel ${panel.title}`, rawSql, format })),
  );
  const annotations = dashboard.annotations.list.map(({ name, target }) => ({
    name: `annotation ${name}`,
    rawSql: target.rawSql,
    format: target.format,
  }));
  const variables = dashboard.templating.list.flatMap(({ name, query }) =>
    typeof query === 'string' ? [] : [{ name: `variable ${name}`, rawSql: query.rawSql, format: null }],
  );
  return [...panels, ...annotations, ...variables];
}
