import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import { BigValueColorMode, BigValueGraphMode } from '@grafana/grafana-foundation-sdk/common';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { statPanel, steps, type PanelSize } from './panel-styles.js';
import { driftAlarms } from './sql/drift-verdicts.js';
import { openIncidentCount, secondsSinceStored } from './sql/incidents.js';
import { firingTiers, worstBudget } from './sql/slo-burn.js';

const SIZE: PanelSize = { width: 4, height: 4 };

/** One line of numbers that answer "is somebody in pain, and can I trust this page?". */
export function overviewPanels(): Builder<Panel>[] {
  return [...incidentStats(), ...verdictStats(), freshnessStat()].map((panel) =>
    panel.graphMode(BigValueGraphMode.None).colorMode(BigValueColorMode.Value),
  );
}

function incidentStats(): StatBuilder[] {
  return [
    statPanel(
      {
        id: 1,
        title: 'Open pages',
        description:
          'Incidents of severity page that are open at the end of the time range, however long ago they opened.',
      },
      SIZE,
      'none',
      openIncidentCount('page'),
    ).thresholds(steps('green', [1, 'red'])),
    statPanel(
      {
        id: 2,
        title: 'Open tickets',
        description:
          'Incidents of severity ticket that are open at the end of the time range, however long ago they opened.',
      },
      SIZE,
      'none',
      openIncidentCount('ticket'),
    ).thresholds(steps('green', [1, 'orange'])),
  ];
}

function verdictStats(): StatBuilder[] {
  return [
    statPanel(
      {
        id: 3,
        title: 'Burn-rate tiers firing',
        description:
          'Tiers whose long and short window both burn at or above their threshold, by the latest verdict of each SLO.',
      },
      SIZE,
      'none',
      firingTiers(),
    ).thresholds(steps('green', [1, 'red'])),
    statPanel(
      {
        id: 4,
        title: 'Smallest budget left',
        description:
          'The share of the error budget that the worst SLO has left over its period. Negative: more was spent than allowed.',
      },
      SIZE,
      'percentunit',
      worstBudget(),
    )
      .decimals(1)
      .noValue('no verdict')
      .thresholds(steps('red', [0, 'orange'], [0.25, 'green'])),
    statPanel(
      {
        id: 5,
        title: 'Features in drift alarm',
        description:
          'Pairs of monitor and feature whose latest verdict in the time range is alarm. Drift opens tickets, never pages.',
      },
      SIZE,
      'none',
      driftAlarms(),
    ).thresholds(steps('green', [1, 'orange'])),
  ];
}

function freshnessStat(): StatBuilder {
  return statPanel(
    {
      id: 6,
      title: 'Since data was stored',
      description:
        'Time from the newest stored block of telemetry or predictions to the end of the time range. "no data": nothing was stored in the time range.',
    },
    SIZE,
    's',
    secondsSinceStored(),
  )
    .noValue('no data')
    .thresholds(steps('green', [120, 'orange'], [600, 'red']));
}
