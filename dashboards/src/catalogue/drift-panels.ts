import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import { VisibilityMode } from '@grafana/grafana-foundation-sdk/common';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as StateTimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { ClickHouseQuery, DATASOURCE } from './clickhouse-query.js';
import { VERDICT_GAP_MS, coloredColumn, tablePanel, unitColumn, valueColors } from './panel-styles.js';
import { DRIFT_STATES, driftTimeline, latestDriftVerdicts, TIMELINE_LINES } from './sql/drift-verdicts.js';

const COLORS: Readonly<Record<(typeof DRIFT_STATES)[number], string>> = {
  ok: 'green',
  'not-enough-data': 'blue',
  watch: 'yellow',
  alarm: 'red',
  error: 'purple',
};

const BY_NAME = valueColors(
  Object.fromEntries(DRIFT_STATES.map((state) => [state, { text: state, color: COLORS[state] }])),
);
const BY_NUMBER = valueColors(
  Object.fromEntries(
    DRIFT_STATES.map((state, index) => [String(index), { text: state, color: COLORS[state] }]),
  ),
);

/** What every drift monitor concluded last, and how that changed over time. */
export function driftPanels(): Builder<Panel>[] {
  return [
    new StateTimelineBuilder()
      .id(30)
      .title(`Drift states over time, worst ${TIMELINE_LINES} features`)
      .description(
        `Worst verdict per interval of each monitor and feature. At most ${TIMELINE_LINES} lines, those with the worst state in the time range; the table lists all.`,
      )
      .datasource(DATASOURCE)
      .span(24)
      .height(9)
      .unit('none')
      .displayName('${__field.labels.monitor} · ${__field.labels.feature}')
      .mappings(BY_NUMBER)
      .mergeValues(true)
      .showValue(VisibilityMode.Never)
      .rowHeight(0.8)
      .fillOpacity(80)
      .lineWidth(0)
      .spanNulls(VERDICT_GAP_MS)
      .withTarget(ClickHouseQuery.timeSeries(driftTimeline())),
    tablePanel(
      {
        id: 31,
        title: 'Latest drift verdicts',
        description:
          'The latest verdict in the time range of every monitor and feature: the state and the numbers behind it. Effect is the distance between window and baseline, with its 95 % interval; an alarm needs a p-value below alpha and an interval above the smallest effect.',
      },
      { width: 24, height: 10 },
      latestDriftVerdicts(),
    )
      .overrideByName('State', coloredColumn(BY_NAME, 130))
      .overrideByRegexp('^(Effect|Effect, low|Effect, high|Smallest effect)$', unitColumn('none', 3))
      .overrideByRegexp('^(p-value|Alpha)$', unitColumn('sci', 2))
      .overrideByRegexp('^(Window samples|Baseline samples)$', unitColumn('locale'))
      .overrideByName('As of', unitColumn('dateTimeFromNow')),
  ];
}
