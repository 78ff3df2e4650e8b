import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';

/** Plugin id of the data source that every query addresses. */
export const CLICKHOUSE_PLUGIN = 'grafana-clickhouse-datasource';

/** Points at the dashboard's `datasource` variable, so that no installation's uid is written into a dashboard. */
export const DATASOURCE = { type: CLICKHOUSE_PLUGIN, uid: '${datasource}' } as const;

/** Shape of the plugin's answer: `0` turns (time, labels, numbers) into lines, `1` keeps rows and columns. */
export type QueryFormat = 0 | 1;

/** One SQL query in the smallest form the ClickHouse plugin accepts. */
export interface ClickHouseTarget extends Dataquery {
  readonly datasource: typeof DATASOURCE;
  readonly editorType: 'sql';
  readonly rawSql: string;
  readonly refId: string;
  readonly format: QueryFormat;
}

/**
 * Builds a target for panels and annotations; the SDK knows only query types of data sources in Grafana's own schema.
 *
 * @see https://github.com/grafana/grafana-foundation-sdk, "custom query types"
 */
export class ClickHouseQuery implements Builder<Dataquery> {
  private readonly target: ClickHouseTarget;

  private constructor(rawSql: string, format: QueryFormat) {
    this.target = {
      datasource: DATASOURCE,
      editorType: 'sql',
      rawSql,
      refId: 'A',
      format,
      // The SDK asks for this marker; JSON.stringify leaves functions out, so it never reaches Grafana.
      _implementsDataqueryVariant: () => undefined,
    };
  }

  /** Rows `time`, label columns, number columns: one line per label combination and number column. */
  static timeSeries(rawSql: string): ClickHouseQuery {
    return new ClickHouseQuery(rawSql, 0);
  }

  /** Rows as they are. */
  static table(rawSql: string): ClickHouseQuery {
    return new ClickHouseQuery(rawSql, 1);
  }

  build(): ClickHouseTarget {
    return this.target;
  }
}
