import { barChart, lineChart } from './charts.js';
import { RULE_TEXTS, RUNNING_NAMES, SINGLE_NAMES, type ByRule, type Effort } from './experiments.js';
import { DRIFTS, HOURLY, RHOS, SIZES, type Calibration } from './measure.js';

/** Files of the page by name, below `docs`. */
export function calibrationPage(
  { windows, streams, drifts }: Calibration,
  { windows: runs, days, features, runs: driftRuns }: Effort,
): Readonly<Record<string, string>> {
  const budget = 1;
  return {
    'calibration/false-alarms.svg': barChart(
      `False alarms per 30 days without drift, ${features} features`,
      RUNNING_NAMES.map((name) => ({
        name,
        values: [0, 2].map((index) => streams[index]![name]!.episodes),
      })),
      { least: 0.5, limit: budget, legend: ['independent values', 'rho = 0.6'] },
    ),
    'calibration/windows.svg': lineChart(
      'Share of windows without drift that are flagged, normal values',
      SIZES.map(String),
      SINGLE_NAMES.map((name) => ({ name, values: windows.normal.map((byRule) => byRule[name]!) })),
    ),
    'calibration.md': `# Calibration

How often do rules for drift go off when nothing has drifted, and how often do they see what has? This page simulates streams with known truth and runs them through Tidewatch's defaults and through the rules that other tools ship or document. \`npm run calibrate\` makes it anew; seeds are fixed, so the numbers do not change unless a rule does.

Other tools are not run: their documented defaults are written down anew in \`test/calibration/peer-rules.ts\`, as read in Evidently (May 2026), Alibi Detect (December 2025), NannyML (July 2025), Deepchecks (June 2025) and the documentation of Vertex AI. Each is judged by itself, on the windows that a monitor compares every five minutes. Most of these tools are made for reports by hand, and say so; the table shows what happens when their thresholds become alarms.

| Rule | How it goes |
| --- | --- |
${RULE_TEXTS.map(([name, text]) => `| ${name} | ${escaped(text)} |`).join('\n')}

## False alarms of a running monitor

${features} features (normal, log-normal, ten categories), ${HOURLY} values an hour each, compared every 5 minutes over the last hour with a baseline of 10,000 values (1,000 for the small one), for ${days} days without drift. *Alarms*: how often the model goes from calm to alarm, per 30 days. *Time*: share of evaluations in alarm. The budget is ${budget} per 30 days.

![False alarms per 30 days](calibration/false-alarms.svg)

${table(
  ['Rule', ...RHOS.flatMap((rho) => [`rho ${rho}: alarms`, 'time'])],
  RUNNING_NAMES.map((name) => [
    name,
    ...streams.flatMap((byRule) => [count(byRule[name]!.episodes), percent(byRule[name]!.flagged)]),
  ]),
)}

rho is the lag-1 autocorrelation of each feature: frames of a video or requests of one session are like each other. Tests that take them for independent see drift all day. Tidewatch measures the autocorrelation in both windows and counts samples for what they are worth.

## One window without drift

Share of ${runs.toLocaleString('en-US')} independent windows that a rule flags, by size of the window. A rule that depends on the size of the window is a rule about traffic. Each cell has one baseline, so it also holds the luck of that one. For Tidewatch the first two conditions alone are shown; an alarm needs the third, that both last for a window.

![Share of windows flagged](calibration/windows.svg)

${(['normal', 'lognormal', 'categories'] as const)
  .map(
    (shape) =>
      `### ${{ normal: 'Normal values', lognormal: 'Log-normal values', categories: 'Ten categories' }[shape]}\n\n${table(
        ['Rule', ...SIZES.map((size) => size.toLocaleString('en-US'))],
        SINGLE_NAMES.map((name) => [name, ...windows[shape].map((byRule) => percent(byRule[name]!))]),
      )}`,
  )
  .join('\n\n')}

## Known drift

Share of ${driftRuns} runs in which a drift of one of ${features} features is flagged within two hours of its beginning, the hold time included.

${table(
  ['Rule', ...DRIFTS.map(({ name }) => name)],
  RUNNING_NAMES.map((name) => [name, ...drifts.map((byRule: ByRule) => percent(byRule[name]!))]),
)}

A rule that flags everything detects everything: read this table beside the first. Where Tidewatch stays silent, the lower bound of the effect does not clear the minimum effect of D = 0.03 for a whole window: 0.2 standard deviations move D by 0.08, and 600 values leave it uncertain by 0.06; a quarter more spread moves D by 0.05. A longer window or a smaller \`minimumEffect\` sees both.
`,
  };
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [
    `| ${head.join(' | ')} |`,
    `| --- |${head
      .slice(1)
      .map(() => ' ---: |')
      .join('')}`,
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ].join('\n');
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}

function count(value: number): string {
  return String(Math.round(value));
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|');
}
