import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LineInterpolation,
  ReduceDataOptionsBuilder,
  VizOrientation,
} from '@grafana/grafana-foundation-sdk/common';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import {
  coloredColumn,
  linesPanel,
  statPanel,
  steps,
  tablePanel,
  unitColumn,
  valueColors,
  VERDICT_GAP_MS,
} from './panel-styles.js';
import {
  budgetRemaining,
  longWindowBurn,
  shareOfThreshold,
  shortWindowBurn,
  tierStates,
} from './sql/slo-burn.js';

const THIRD = { width: 8, height: 9 };
const TIER_NAME = '${__field.labels.slo} · ${__field.labels.tier}';

/** Colors of tier states. */
const TIER_STATES = valueColors({
  firing: { text: 'firing', color: 'red' },
  frozen: { text: 'frozen', color: 'blue' },
  ok: { text: 'ok', color: 'green' },
});

// A verdict holds until the next one, hence steps; it is written on change and every 5 minutes otherwise.
function burnPanel(id: number, title: string, description: string, unit: string, rawSql: string) {
  return linesPanel({ id, title, description }, THIRD, unit, TIER_NAME, rawSql)
    .lineInterpolation(LineInterpolation.StepAfter)
    .spanNulls(VERDICT_GAP_MS)
    .min(0);
}

/** Burn rates, how near they are to paging, and what is left of each budget. */
export function sloPanels(): Builder<Panel>[] {
  return [...burnPanels(), budgetPanel(), tierPanel()];
}

function burnPanels(): Builder<Panel>[] {
  return [
    burnPanel(
      10,
      'Tiers: share of the threshold reached',
      "The smaller of the long and the short window's burn rate, as a share of the tier's threshold. A tier fires at 100 % if its window also holds enough bad events.",
      'percentunit',
      shareOfThreshold(),
    )
      .thresholds(steps('transparent', [1, 'red']))
      .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Line))
      .axisSoftMax(1),
    burnPanel(
      11,
      'Burn rate, long window',
      "How many times faster than sustainable each tier's long window spends the error budget: 1 spends exactly the budget over the SLO's period. Highest verdict per interval; no line where the window held no events.",
      'suffix:x',
      longWindowBurn(),
    ),
    burnPanel(
      12,
      'Burn rate, short window',
      "The same for each tier's short window. It falls soon after the trouble ends, which is what stops a page.",
      'suffix:x',
      shortWindowBurn(),
    ),
  ];
}

function budgetPanel(): Builder<Panel> {
  return statPanel(
    {
      id: 13,
      title: 'Error budget remaining',
      description:
        "Share of each SLO's error budget left over its whole period, by its latest verdict in the time range. Negative: overspent.",
    },
    { width: 8, height: 9 },
    'percentunit',
    budgetRemaining(),
  )
    .decimals(1)
    .noValue('no verdict')
    .reduceOptions(new ReduceDataOptionsBuilder().values(true).calcs(['lastNotNull']).fields('/^remaining$/'))
    .orientation(VizOrientation.Horizontal)
    .graphMode(BigValueGraphMode.None)
    .colorMode(BigValueColorMode.Value)
    .thresholds(steps('red', [0, 'orange'], [0.25, 'green']));
}

function tierPanel(): Builder<Panel> {
  return tablePanel(
    {
      id: 14,
      title: 'SLO tiers now',
      description:
        'Every tier of every SLO as of its latest verdict in the time range, firing first. frozen: the window held no events, so nothing was concluded.',
    },
    { width: 16, height: 9 },
    tierStates(),
  )
    .overrideByName('State', coloredColumn(TIER_STATES, 80))
    .overrideByName('Long burn', unitColumn('suffix:x', 2))
    .overrideByName('Short burn', unitColumn('suffix:x', 2))
    .overrideByName('Threshold', unitColumn('suffix:x', 2))
    .overrideByName('As of', unitColumn('dateTimeFromNow'));
}
