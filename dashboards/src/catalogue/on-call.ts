import {
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  RowBuilder,
  type Dashboard,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboardAnnotations } from './annotations.js';
import { driftPanels } from './drift-panels.js';
import { incidentPanels } from './incident-panels.js';
import { overviewPanels } from './overview-panels.js';
import { servicePanels } from './service-panels.js';
import { sloPanels } from './slo-panels.js';
import { dashboardVariables } from './variables.js';

/** Stable: links, bookmarks and provisioning refer to it. */
const UID = 'tidewatch-on-call';

/** What somebody who was just paged needs: who is in pain, since when, what changed. */
export function onCallDashboard(): Dashboard {
  const dashboard = new DashboardBuilder('Tidewatch: on call')
    .uid(UID)
    .description(
      'Burn rates, error budgets, latency, traffic, drift and open incidents of inference services, as Tidewatch judged them.',
    )
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
    .variables(dashboardVariables())
    .annotations(dashboardAnnotations());
  const rows = [
    { id: 100, title: 'Now', panels: [...overviewPanels(), ...incidentPanels(UID)] },
    { id: 101, title: 'Error budgets', panels: sloPanels() },
    { id: 102, title: 'Services', panels: servicePanels() },
    { id: 103, title: 'Drift', panels: driftPanels() },
  ];
  for (const row of rows) {
    dashboard.withRow(new RowBuilder(row.title).id(row.id));
    row.panels.forEach((panel) => dashboard.withPanel(panel));
  }
  return dashboard.build();
}
