import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { buildDashboard } from './dashboard-frame.js';
import { driftPanels } from './drift-panels.js';
import { incidentPanels } from './incident-panels.js';
import { overviewPanels } from './overview-panels.js';
import { servicePanels } from './service-panels.js';
import { sloPanels } from './slo-panels.js';
import { dashboardVariables, latencyVariable } from './variables.js';

/** Links in the cells of other dashboards lead here. */
export const ON_CALL_UID = 'tidewatch-on-call';

/** What somebody who was just paged needs: who is in pain, since when, what changed. */
export function onCallDashboard(): Dashboard {
  return buildDashboard(
    {
      uid: ON_CALL_UID,
      title: 'Tidewatch: on call',
      description:
        'Burn rates, error budgets, latency, traffic, drift and open incidents of inference services, as Tidewatch judged them.',
    },
    [...dashboardVariables(), latencyVariable()],
    [
      { id: 100, title: 'Now', panels: [...overviewPanels(), ...incidentPanels(ON_CALL_UID)] },
      { id: 101, title: 'Error budgets', panels: sloPanels() },
      { id: 102, title: 'Services', panels: servicePanels() },
      { id: 103, title: 'Drift', panels: driftPanels() },
    ],
  );
}
