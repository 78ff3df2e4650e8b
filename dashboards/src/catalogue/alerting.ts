import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { alertingStats, deliveryPanels, historyPanels, quietPanels } from './alerting-panels.js';
import { buildDashboard } from './dashboard-frame.js';
import { ON_CALL_UID } from './on-call.js';
import { dashboardVariables } from './variables.js';

/** How alerting itself does: what is open, how it is answered, whether messages arrive, what is kept quiet. */
export function alertingDashboard(): Dashboard {
  return buildDashboard(
    {
      uid: 'tidewatch-alerting',
      title: 'Tidewatch: alerting',
      description:
        'Open incidents, times to acknowledge and to resolve, deliveries to every receiver, and what is kept quiet.',
    },
    dashboardVariables(),
    [
      { id: 100, title: 'Now', panels: alertingStats() },
      { id: 101, title: 'Incidents', panels: historyPanels(ON_CALL_UID) },
      { id: 102, title: 'Delivery', panels: deliveryPanels() },
      { id: 103, title: 'Kept quiet', panels: quietPanels() },
    ],
  );
}
