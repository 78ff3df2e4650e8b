import type { IncidentState } from '@tidewatch/alerts';
import type { NotificationContext } from '@tidewatch/channels';

/** Names of what is provisioned in Grafana: the dashboard, and the source of its data. */
export const ON_CALL_DASHBOARD = 'tidewatch-on-call';
export const GRAFANA_DATASOURCE = 'tidewatch-clickhouse';

const MINUTE_MS = 60_000;
/** What led to an incident is seen before it opens. */
const BEFORE_MS = 60 * MINUTE_MS;
const AFTER_MS = 15 * MINUTE_MS;

/** Where people reach the console and Grafana; empty for no Grafana. Without a slash at the end. */
export interface Addresses {
  readonly consoleUrl: string;
  readonly grafanaUrl: string;
}

/**
 * Where to look further: the incident in the console, the on-call dashboard at its place and time, and the slowest traces of its
 * service. Empty where there is nothing to open.
 */
export function incidentLinks(
  incident: IncidentState,
  { consoleUrl, grafanaUrl }: Addresses,
): NotificationContext['links'] {
  const { service } = incident.key;
  return {
    console: consoleUrl === '' ? '' : `${consoleUrl.replace(/\/+$/, '')}/#/incidents/${incident.id}`,
    grafana: grafanaUrl === '' ? '' : dashboard(incident, grafanaUrl),
    traces: grafanaUrl === '' || service === '' ? '' : traces(incident, grafanaUrl),
  };
}

/** From before it opened until now, or until after it ended. */
function timesOf({ openedAt, resolvedAt }: IncidentState): { readonly from: string; readonly to: string } {
  return {
    from: String(openedAt - BEFORE_MS),
    to: resolvedAt === null ? 'now' : String(resolvedAt + AFTER_MS),
  };
}

function dashboard(incident: IncidentState, grafanaUrl: string): string {
  const { project, service, model } = incident.key;
  const query = new URLSearchParams({
    'var-project': project,
    ...(service === '' ? {} : { 'var-service': service }),
    ...(model === '' ? {} : { 'var-model': model }),
    ...timesOf(incident),
  });
  return `${grafanaUrl}/d/${ON_CALL_DASHBOARD}?${query.toString()}`;
}

function traces(incident: IncidentState, grafanaUrl: string): string {
  const { project, service } = incident.key;
  const rawSql =
    `SELECT Timestamp, TraceId, SpanName, StatusCode, Duration / 1e6 AS milliseconds FROM otel_traces ` +
    `WHERE Project = ${literal(project)} AND ServiceName = ${literal(service)} AND $__timeFilter_ms(Timestamp) AND ParentSpanId = '' ` +
    `ORDER BY Duration DESC LIMIT 100`;
  const datasource = { type: 'grafana-clickhouse-datasource', uid: GRAFANA_DATASOURCE };
  const panes = {
    traces: {
      datasource: GRAFANA_DATASOURCE,
      queries: [{ refId: 'A', datasource, editorType: 'sql', queryType: 'table', format: 1, rawSql }],
      range: timesOf(incident),
    },
  };
  const query = new URLSearchParams({ schemaVersion: '1', panes: JSON.stringify(panes) });
  return `${grafanaUrl}/explore?${query.toString()}`;
}

/** A text as ClickHouse reads it; a `$` would begin a macro of Grafana. */
function literal(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('$', '\\x24');
  return `'${escaped}'`;
}
