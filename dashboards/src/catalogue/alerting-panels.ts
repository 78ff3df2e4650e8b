import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
  LineInterpolation,
  StackingConfigBuilder,
  StackingMode,
} from '@grafana/grafana-foundation-sdk/common';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import {
  coloredColumn,
  linesPanel,
  statPanel,
  steps,
  tablePanel,
  unitColumn,
  valueColors,
  type PanelSize,
} from './panel-styles.js';
import {
  noisiestRules,
  openIncidentsOverTime,
  quietMemberCount,
  quietMembers,
  responseTimes,
} from './sql/incident-history.js';
import { openIncidentCount } from './sql/incidents.js';
import {
  attemptsByOutcome,
  deliveryLatency,
  givenUpCount,
  pagesOnTime,
  receiverOutcomes,
} from './sql/notifications.js';

const STAT: PanelSize = { width: 4, height: 4 };
const HALF: PanelSize = { width: 12, height: 8 };
const SEVERITIES = valueColors({
  page: { text: 'page', color: 'red' },
  ticket: { text: 'ticket', color: 'orange' },
});

function number(id: number, title: string, description: string, rawSql: string): StatBuilder {
  return statPanel({ id, title, description }, STAT, 'none', rawSql)
    .graphMode(BigValueGraphMode.None)
    .colorMode(BigValueColorMode.Value);
}

/** One line of numbers: what is open, what is quiet, and whether messages get through. */
export function alertingStats(): Builder<Panel>[] {
  return [
    number(
      1,
      'Pages open now',
      'Incidents of severity page that are open at the end of the time range, however long ago they opened.',
      openIncidentCount('page'),
    ).thresholds(steps('green', [1, 'red'])),
    number(
      2,
      'Tickets open now',
      'Incidents of severity ticket that are open at the end of the time range, however long ago they opened.',
      openIncidentCount('ticket'),
    ).thresholds(steps('green', [1, 'orange'])),
    number(
      3,
      'Rules kept quiet',
      'Rules that fire in open incidents at the end of the time range, and that a silence, a maintenance window or a fresh deployment keeps quiet.',
      quietMemberCount(),
    )
      .span(5)
      .thresholds(steps('text', [1, 'blue'])),
    number(
      4,
      'Messages given up',
      'Messages decided in the time range that the receiver refused for good, or that could not be delivered before their deadline. The console can send them again.',
      givenUpCount(),
    )
      .span(5)
      .thresholds(steps('green', [1, 'red'])),
    statPanel(
      {
        id: 5,
        title: 'Pages attempted within 30 s',
        description:
          'Share of the pages due in the time range whose first attempt began within 30 s; the goal is 99.9 %. "no pages": none was due.',
      },
      { width: 6, height: 4 },
      'percentunit',
      pagesOnTime(),
    )
      .decimals(2)
      .noValue('no pages')
      .graphMode(BigValueGraphMode.None)
      .colorMode(BigValueColorMode.Value)
      .thresholds(steps('red', [0.99, 'orange'], [0.999, 'green'])),
  ];
}

/** What was open, how fast it was answered, and which rules made it. */
export function historyPanels(onCallUid: string): Builder<Panel>[] {
  return [
    linesPanel(
      {
        id: 10,
        title: 'Incidents open over time',
        description:
          'Incidents that were open at some time of each interval, by the severity they had then. One that escalates counts under both.',
      },
      HALF,
      'none',
      '${__field.labels.severity}',
      openIncidentsOverTime(),
    )
      .lineInterpolation(LineInterpolation.StepAfter)
      .min(0),
    tablePanel(
      {
        id: 11,
        title: 'Time to acknowledge and to resolve',
        description:
          'Of the incidents that opened in the time range: how long until somebody took them on, and until they had ended for good. Empty where none has got that far.',
      },
      HALF,
      responseTimes(),
    )
      .overrideByName('Severity', coloredColumn(SEVERITIES, 90))
      .overrideByRegexp('^To ', unitColumn('s', 0)),
    tablePanel(
      {
        id: 12,
        title: 'Noisiest rules',
        description:
          'Rules by how often an incident opened with them in the time range, the messages that those incidents sent, and the share of them that somebody acknowledged: a rule nobody answers is one to change.',
      },
      { width: 24, height: 8 },
      noisiestRules(),
    )
      .overrideByName('Service', [
        {
          id: 'links',
          value: [
            {
              title: 'Show this service on call',
              url: `/d/${onCallUid}?\${__url_time_range}&\${datasource:queryparam}&\${project:queryparam}&var-service=\${__value.raw:percentencode}`,
            },
          ],
        },
      ])
      .overrideByName('Acknowledged', unitColumn('percentunit', 0)),
  ];
}

/** Whether messages arrive, how soon, and what stands in their way. */
export function deliveryPanels(): Builder<Panel>[] {
  return [
    linesPanel(
      {
        id: 20,
        title: 'Delivery attempts by outcome',
        description:
          'Attempts that began in each interval. retry: the same message is tried again later; rejected: it was given up; superseded: a newer message said the same and more, so this one was not sent.',
      },
      HALF,
      'none',
      '${__field.labels.outcome}',
      attemptsByOutcome(),
    )
      .drawStyle(GraphDrawStyle.Bars)
      .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'))
      .fillOpacity(60)
      .min(0),
    linesPanel(
      {
        id: 21,
        title: 'Time until a message has arrived',
        description:
          'From the moment a message was due until a receiver had taken it: median and 99th percentile of the messages due in each interval. What was never delivered has no time.',
      },
      HALF,
      's',
      '${__field.labels.severity} ${__field.labels.percentile}',
      deliveryLatency(),
    ).min(0),
    tablePanel(
      {
        id: 22,
        title: 'Receivers',
        description:
          'What became of the messages of the time range at each receiver, and what the latest one that did not get through ran into.',
      },
      { width: 24, height: 8 },
      receiverOutcomes(),
    ).overrideByRegexp('^To arrive', unitColumn('s', 1)),
  ];
}

/** What fires and tells nobody. */
export function quietPanels(): Builder<Panel>[] {
  return [
    tablePanel(
      {
        id: 30,
        title: 'Rules kept quiet now',
        description:
          'Rules that fire in open incidents at the end of the time range while a silence, a maintenance window or a fresh deployment keeps them quiet, and until when.',
      },
      { width: 24, height: 8 },
      quietMembers(),
    )
      .overrideByName('Severity', coloredColumn(SEVERITIES, 90))
      .overrideByName('Until', unitColumn('dateTimeAsIso')),
  ];
}
