import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  RowBuilder,
  type Dashboard,
  type Panel,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboardAnnotations } from './annotations.js';

/** What makes a dashboard this one. */
export interface DashboardText {
  /** Stable: links, bookmarks and provisioning refer to it. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
}

/** A heading and the panels below it. */
export interface DashboardRow {
  /** Stable number, unique among the dashboard's rows and panels. */
  readonly id: number;
  readonly title: string;
  readonly panels: readonly Builder<Panel>[];
}

/** A dashboard with what all of them share: time range, refresh, crosshair, markers, and the list of the others. */
export function buildDashboard(
  { uid, title, description }: DashboardText,
  variables: Builder<VariableModel>[],
  rows: readonly DashboardRow[],
): Dashboard {
  const dashboard = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags(['tidewatch'])
    .time({ from: 'now-1h', to: 'now' })
    .refresh('10s')
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .link(
      new DashboardLinkBuilder('Tidewatch dashboards')
        .type(DashboardLinkType.Dashboards)
        .tags(['tidewatch'])
        .asDropdown(true)
        .keepTime(true)
        .includeVars(true),
    )
    .variables(variables)
    .annotations(dashboardAnnotations());
  for (const row of rows) {
    dashboard.withRow(new RowBuilder(row.title).id(row.id));
    row.panels.forEach((panel) => dashboard.withPanel(panel));
  }
  return dashboard.build();
}
