import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { alertingDashboard } from './alerting.js';
import { onCallDashboard } from './on-call.js';

/** One dashboard and the file under `dashboards/generated/` that holds it. */
export interface CatalogueEntry {
  readonly file: string;
  readonly build: () => Dashboard;
}

/** Every dashboard that ships. A new one is one file beside this and one line here. */
export const CATALOGUE: readonly CatalogueEntry[] = [
  { file: 'on-call.json', build: onCallDashboard },
  { file: 'alerting.json', build: alertingDashboard },
];

/** The text of a dashboard's file: deterministic, so that a change of the catalogue is a readable difference. */
export function dashboardJson(entry: CatalogueEntry): string {
  return `${JSON.stringify(entry.build(), null, 2)}\n`;
}
