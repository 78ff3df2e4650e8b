import type { DigestFigures } from './digest-figures.js';
import type { DigestPeriod } from './digest-period.js';
import type { DigestRule } from './digest-rule.js';
import { counted, lengthText, partOf, percent, periodName } from './digest-words.js';

/** A part of a digest, as channels that send reports take it. */
export interface DigestSection {
  readonly heading: string;
  readonly paragraphs: readonly string[];
  readonly table: {
    readonly columns: readonly string[];
    readonly rows: readonly (readonly string[])[];
  } | null;
}

/** A composed digest: plain text, without anything that depends on where it is shown. */
export interface Digest {
  readonly title: string;
  readonly summary: string;
  readonly sections: readonly DigestSection[];
}

/** Longer tables are cut, and say so. */
const MOST_ROWS = 20;

/** Puts figures into words. Every number of the text is one of the figures or a ratio of two. */
export function composeDigest(
  rule: Pick<DigestRule, 'name' | 'every' | 'timeZone'>,
  period: DigestPeriod,
  figures: DigestFigures,
): Digest {
  return {
    title: `${periodName(rule, period)}: ${rule.name}`,
    summary: summaryOf(figures),
    sections: [
      burnSection(figures),
      alertSection(figures),
      noiseSection(figures),
      deploymentSection(figures),
      driftSection(figures),
      costSection(figures),
      deliverySection(figures),
    ],
  };
}

function summaryOf({ alerts, burn, drift, deployments }: DigestFigures): string {
  const spent = burn.filter(({ left }) => left !== null && left <= 0).length;
  return [
    `${counted(alerts.incidents, 'incident')}, ${counted(alerts.pages, 'page')} among them;`,
    `${counted(spent, 'error budget')} used up;`,
    `${counted(drift.length, 'monitor')} alarmed;`,
    `${counted(deployments.deployments, 'deployment')}, ${counted(deployments.rollbacks, 'rollback')}.`,
  ].join(' ');
}

function burnSection({ burn }: DigestFigures): DigestSection {
  // What is nearest to its end comes first; what nobody can tell comes last.
  const rank = (left: number | null): number => left ?? Number.POSITIVE_INFINITY;
  const ordered = [...burn].sort(
    (a, b) => rank(a.left) - rank(b.left) || (a.slo + a.group < b.slo + b.group ? -1 : 1),
  );
  return section(
    'Error budgets',
    burn.length === 0 ? ['No SLO was judged.'] : [],
    ['SLO', 'Left at the end', 'Least left', 'Spent of what the period allows'],
    ordered.map(({ slo, group, left, worst, spent }) => [
      group === '' ? slo : `${slo} (${group})`,
      percent(left),
      percent(worst),
      percent(spent),
    ]),
  );
}

function alertSection({ alerts }: DigestFigures): DigestSection {
  const { incidents } = alerts;
  if (incidents === 0 && alerts.flaps === 0) {
    return section('Alerts', ['No incident opened.']);
  }
  return section(
    'Alerts',
    [],
    ['What', 'How many', 'Share'],
    [
      ['Incidents', String(incidents), ''],
      ['Pages', String(alerts.pages), partOf(alerts.pages, incidents)],
      ['Tickets', String(incidents - alerts.pages), partOf(incidents - alerts.pages, incidents)],
      ['Acknowledged', String(alerts.acknowledged), partOf(alerts.acknowledged, incidents)],
      ['Median time to acknowledge', lengthText(alerts.medianAcknowledgeMs), ''],
      ['Resolved', String(alerts.resolved), partOf(alerts.resolved, incidents)],
      ['Median time to resolve', lengthText(alerts.medianResolveMs), ''],
      ['Came back soon after their end', String(alerts.flaps), ''],
      [
        'Kept quiet by silences, windows or deployments',
        String(alerts.suppressed),
        partOf(alerts.suppressed, incidents),
      ],
      ['Touched by nobody', String(alerts.untouched), partOf(alerts.untouched, incidents)],
    ],
  );
}

function noiseSection({ noisiest }: DigestFigures): DigestSection {
  const useless = noisiest.filter(({ incidents, untouched }) => incidents >= 3 && untouched === incidents);
  return section(
    'Noisiest rules',
    noisiest.length === 0
      ? ['No rule fired.']
      : useless.length === 0
        ? []
        : [
            `Nobody touched any incident of ${useless.map(({ rule }) => rule).join(', ')}: loosen or remove what nobody acts on.`,
          ],
    ['Rule', 'Incidents', 'Pages', 'Came back', 'Touched by nobody'],
    noisiest.map(({ rule, incidents, pages, flaps, untouched }) =>
      [rule, incidents, pages, flaps, untouched].map(String),
    ),
  );
}

function deploymentSection({ deployments: figures }: DigestFigures): DigestSection {
  const { deployments, rollbacks, incidentsAfter, followedByIncident } = figures;
  if (deployments === 0 && rollbacks === 0) {
    return section('Deployments', ['Nothing was deployed.']);
  }
  const followed =
    incidentsAfter === 0
      ? 'No incident opened within an hour after one.'
      : `${counted(incidentsAfter, 'incident')} opened within an hour after ${counted(followedByIncident, 'change')} of the same service or model.`;
  return section('Deployments', [
    `${counted(deployments, 'deployment')} and ${counted(rollbacks, 'rollback')} (${partOf(rollbacks, deployments)} of the deployments). ${followed}`,
  ]);
}

function driftSection({ drift }: DigestFigures): DigestSection {
  return section(
    'Drift and quality',
    drift.length === 0 ? ['No monitor alarmed.'] : [],
    ['Monitor', 'Windows with an alarm', 'Most often'],
    drift.map(({ kind, rule, windows, subjects }) => [
      `${kind}/${rule}`,
      String(windows),
      subjects.filter((subject) => subject !== '').join(', '),
    ]),
  );
}

function costSection({ costs }: DigestFigures): DigestSection {
  return section(
    'Cost',
    costs.length === 0 ? ['No cost model was evaluated.'] : [],
    ['Cost model', 'State', 'Last verdict'],
    costs.map(({ rule, state, reason }) => [rule, state, reason]),
  );
}

function deliverySection({ delivery }: DigestFigures): DigestSection {
  const { attempts, messages, delivered, withinThirtySeconds, deadLetters } = delivery;
  if (attempts === 0) {
    return section('Delivery of messages', ['No message was sent.']);
  }
  const lost =
    deadLetters === 0
      ? 'None was given up.'
      : `${counted(deadLetters, 'message')} could not be delivered: look at the dead letters in the console.`;
  return section('Delivery of messages', [
    `${counted(messages, 'message')} in ${counted(attempts, 'attempt')}; ${counted(delivered, 'was', 'were')} delivered, ${partOf(withinThirtySeconds, delivered)} of them within 30 s. ${lost}`,
  ]);
}

function section(
  heading: string,
  paragraphs: readonly string[],
  columns: readonly string[] = [],
  rows: readonly (readonly string[])[] = [],
): DigestSection {
  const left = rows.length - MOST_ROWS;
  return {
    heading,
    paragraphs: left > 0 ? [...paragraphs, `The first ${MOST_ROWS} of ${rows.length}.`] : paragraphs,
    table: rows.length === 0 ? null : { columns, rows: rows.slice(0, MOST_ROWS) },
  };
}
