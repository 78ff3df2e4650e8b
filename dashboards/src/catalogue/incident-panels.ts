import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { coloredColumn, tablePanel, unitColumn, valueColors } from './panel-styles.js';
import { openIncidents } from './sql/incidents.js';

const SEVERITIES = valueColors({
  page: { text: 'page', color: 'red' },
  ticket: { text: 'ticket', color: 'orange' },
});

/** Narrows the dashboard with uid `dashboardUid` to one service, keeping time range, data source and project. */
function narrowTo(dashboardUid: string, variable: 'service' | 'model') {
  return [
    {
      id: 'links',
      value: [
        {
          title: `Show only this ${variable}`,
          url: `/d/${dashboardUid}?\${__url_time_range}&\${datasource:queryparam}&\${project:queryparam}&\${latency:queryparam}&var-${variable}=\${__value.raw:percentencode}`,
        },
      ],
    },
  ];
}

/** The incidents that wait for somebody. */
export function incidentPanels(dashboardUid: string): Builder<Panel>[] {
  return [
    tablePanel(
      {
        id: 40,
        title: 'Open incidents',
        description:
          'Incidents open at the end of the time range, pages first. Select a service or model to narrow the dashboard to it.',
      },
      { width: 24, height: 7 },
      openIncidents(),
    )
      .overrideByName('Severity', coloredColumn(SEVERITIES, 90))
      .overrideByName('Service', narrowTo(dashboardUid, 'service'))
      .overrideByName('Model', narrowTo(dashboardUid, 'model'))
      .overrideByRegexp('^(Opened|Last change)$', unitColumn('dateTimeAsIso'))
      .overrideByName('Open for', unitColumn('s', 0)),
  ];
}
