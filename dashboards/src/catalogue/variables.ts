import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { CLICKHOUSE_PLUGIN, DATASOURCE } from './clickhouse-query.js';
import { chosen, IN_PROJECT, SERIES_DAYS, SERIES_MODEL } from './sql/filters.js';

const ALL = { selected: true, text: ['All'], value: ['$__all'] };

const PROJECTS = `SELECT DISTINCT Project AS project
FROM (
  SELECT DISTINCT Project FROM metric_series WHERE ${SERIES_DAYS}
  UNION DISTINCT
  SELECT DISTINCT Project FROM verdicts WHERE $__timeFilter_ms(WindowEnd)
)
ORDER BY project = 'default' DESC, project`;

const SERVICES = `SELECT DISTINCT service
FROM (
  SELECT DISTINCT toString(ServiceName) AS service FROM metric_series WHERE ${IN_PROJECT} AND ${SERIES_DAYS}
  UNION DISTINCT
  SELECT DISTINCT toString(Service) AS service FROM verdicts WHERE ${IN_PROJECT} AND $__timeFilter_ms(WindowEnd)
)
WHERE service != ''
ORDER BY service
LIMIT 1000`;

const MODELS = `SELECT DISTINCT model
FROM (
  SELECT DISTINCT ${SERIES_MODEL} AS model
  FROM metric_series
  WHERE ${IN_PROJECT} AND ${SERIES_DAYS} AND ${chosen('ServiceName', 'service')}
  UNION DISTINCT
  SELECT DISTINCT toString(Model) AS model
  FROM verdicts
  WHERE ${IN_PROJECT} AND $__timeFilter_ms(WindowEnd) AND ${chosen('Service', 'service')}
)
WHERE model != ''
ORDER BY model
LIMIT 1000`;

/** The histogram that the telemetry convention names; preselected. */
const DEFAULT_LATENCY = 'inference.request.duration';

const LATENCY_HISTOGRAMS = `SELECT DISTINCT toString(MetricName) AS metric
FROM metric_series
WHERE ${IN_PROJECT} AND ${SERIES_DAYS}
  AND MetricType = 'histogram' AND MetricUnit IN ('s', 'ms', 'us', 'ns')
ORDER BY metric = '${DEFAULT_LATENCY}' DESC, metric
LIMIT 1000`;

function query(name: string, label: string, description: string, rawSql: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .description(description)
    .datasource(DATASOURCE)
    .query({ refId: 'var', queryType: 'sql', editorType: 'sql', rawSql })
    .definition(rawSql)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.Disabled)
    .allowCustomValue(false);
}

/** The variables every dashboard of the catalogue has, in the order of the bar at its top. */
export function dashboardVariables(): Builder<VariableModel>[] {
  return [
    new DatasourceVariableBuilder('datasource')
      .label('Data source')
      .description('The ClickHouse server that Tidewatch writes to')
      .type(CLICKHOUSE_PLUGIN),
    query('project', 'Project', 'Data belongs to the project of the key it was sent with', PROJECTS).current({
      selected: true,
      text: 'default',
      value: 'default',
    }),
    query('service', 'Service', 'service.name of the telemetry, service of a rule', SERVICES)
      .multi(true)
      .includeAll(true)
      .current(ALL),
    query(
      'model',
      'Model',
      'model.name of the telemetry, model of a rule. Rules without a model show under All only',
      MODELS,
    )
      .multi(true)
      .includeAll(true)
      .current(ALL),
  ];
}

/** The histogram that latency is read from, for dashboards with percentiles. */
export function latencyVariable(): Builder<VariableModel> {
  return query(
    'latency',
    'Latency metric',
    'The duration histogram that the percentiles are taken from',
    LATENCY_HISTOGRAMS,
  ).current({
    selected: true,
    text: DEFAULT_LATENCY,
    value: DEFAULT_LATENCY,
  });
}
