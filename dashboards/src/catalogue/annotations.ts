import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import { AnnotationQueryBuilder, type AnnotationQuery } from '@grafana/grafana-foundation-sdk/dashboard';
import { ClickHouseQuery, DATASOURCE } from './clickhouse-query.js';
import { deploymentMarkers, incidentMarkers } from './sql/incidents.js';

function markers(name: string, color: string, rawSql: string): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name(name)
    .datasource(DATASOURCE)
    .enable(true)
    .iconColor(color)
    .target(ClickHouseQuery.table(rawSql));
}

/** Vertical markers on every time series: what changed, and when people were called. */
export function dashboardAnnotations(): Builder<AnnotationQuery>[] {
  return [
    markers('Deployments', 'blue', deploymentMarkers()),
    markers('Incidents', 'red', incidentMarkers()),
  ];
}
