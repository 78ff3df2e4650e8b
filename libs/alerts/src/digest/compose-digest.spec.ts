import { expect, test } from '@jest/globals';
import { composeDigest } from './compose-digest.js';
import type { DigestFigures } from './digest-figures.js';

const RULE = { name: 'weekly', every: 'week', timeZone: 'Europe/Berlin' } as const;
const PERIOD = {
  from: Date.parse('2026-11-15T23:00Z'),
  to: Date.parse('2026-11-22T23:00Z'),
  dueAt: Date.parse('2026-11-23T07:00Z'),
};

const FIGURES: DigestFigures = {
  burn: [
    { slo: 'latency', group: '', left: 0.8125, worst: 0.75, spent: 0.25 },
    { slo: 'availability', group: 'region=eu-1', left: -0.034, worst: -0.05, spent: 4.2 },
    { slo: 'accuracy', group: '', left: null, worst: null, spent: null },
  ],
  alerts: {
    ...{ incidents: 8, pages: 2, acknowledged: 6, medianAcknowledgeMs: 192_400, resolved: 7 },
    ...{ medianResolveMs: 5_430_000, flaps: 3, suppressed: 1, untouched: 2 },
  },
  noisiest: [
    { rule: 'DriftMonitor/ranker-inputs', incidents: 5, pages: 0, flaps: 2, untouched: 5 },
    { rule: 'SLO/availability', incidents: 2, pages: 2, flaps: 1, untouched: 0 },
  ],
  deployments: { deployments: 12, rollbacks: 3, incidentsAfter: 2, followedByIncident: 1 },
  drift: [{ kind: 'DriftMonitor', rule: 'ranker-inputs', windows: 14, subjects: ['age', 'country'] }],
  costs: [{ rule: 'gpu', state: 'ok', reason: '6.4 EUR were spent in 1h on 16,000 inferences.' }],
  delivery: { attempts: 21, messages: 20, delivered: 19, withinThirtySeconds: 18, deadLetters: 1 },
};

const NOTHING: DigestFigures = {
  burn: [],
  alerts: {
    ...{ incidents: 0, pages: 0, acknowledged: 0, medianAcknowledgeMs: null, resolved: 0 },
    ...{ medianResolveMs: null, flaps: 0, suppressed: 0, untouched: 0 },
  },
  noisiest: [],
  deployments: { deployments: 0, rollbacks: 0, incidentsAfter: 0, followedByIncident: 0 },
  drift: [],
  costs: [],
  delivery: { attempts: 0, messages: 0, delivered: 0, withinThirtySeconds: 0, deadLetters: 0 },
};

test('every figure is said, what is worst first', () => {
  const digest = composeDigest(RULE, PERIOD, FIGURES);
  expect(digest.title).toBe('Week of 16 November 2026: weekly');
  expect(digest.summary).toBe(
    '8 incidents, 2 pages among them; 1 error budget used up; 1 monitor alarmed; 12 deployments, 3 rollbacks.',
  );
  const said = Object.fromEntries(
    digest.sections.map(({ heading, paragraphs, table }) => [heading, table?.rows ?? paragraphs]),
  );
  expect(said).toEqual({
    'Error budgets': [
      ['availability (region=eu-1)', '-3.4 %', '-5 %', '420 %'],
      ['latency', '81.3 %', '75 %', '25 %'],
      ['accuracy', 'unknown', 'unknown', 'unknown'],
    ],
    Alerts: [
      ['Incidents', '8', ''],
      ['Pages', '2', '25 %'],
      ['Tickets', '6', '75 %'],
      ['Acknowledged', '6', '75 %'],
      ['Median time to acknowledge', '3m12s', ''],
      ['Resolved', '7', '87.5 %'],
      ['Median time to resolve', '1h31m', ''],
      ['Came back soon after their end', '3', ''],
      ['Kept quiet by silences, windows or deployments', '1', '12.5 %'],
      ['Touched by nobody', '2', '25 %'],
    ],
    'Noisiest rules': [
      ['DriftMonitor/ranker-inputs', '5', '0', '2', '5'],
      ['SLO/availability', '2', '2', '1', '0'],
    ],
    Deployments: [
      '12 deployments and 3 rollbacks (25 % of the deployments). 2 incidents opened within an hour after 1 change of the same service or model.',
    ],
    'Drift and quality': [['DriftMonitor/ranker-inputs', '14', 'age, country']],
    Cost: [['gpu', 'ok', '6.4 EUR were spent in 1h on 16,000 inferences.']],
    'Delivery of messages': [
      '20 messages in 21 attempts; 19 were delivered, 94.7 % of them within 30 s. 1 message could not be delivered: look at the dead letters in the console.',
    ],
  });
  expect(digest.sections[2]?.paragraphs).toEqual([
    'Nobody touched any incident of DriftMonitor/ranker-inputs: loosen or remove what nobody acts on.',
  ]);
});

test('a period in which nothing happened says so', () => {
  const digest = composeDigest({ ...RULE, every: 'month' }, PERIOD, NOTHING);
  expect(digest.title).toBe('November 2026: weekly');
  expect(digest.sections.flatMap(({ paragraphs }) => paragraphs)).toEqual([
    'No SLO was judged.',
    'No incident opened.',
    'No rule fired.',
    'Nothing was deployed.',
    'No monitor alarmed.',
    'No cost model was evaluated.',
    'No message was sent.',
  ]);
  expect(digest.sections.every(({ table }) => table === null)).toBe(true);
});

test('a long table is cut and says so', () => {
  const burn = Array.from({ length: 25 }, (_, index) => ({
    ...{ slo: `slo-${String(index).padStart(2, '0')}`, group: '', left: index / 100, worst: 0, spent: 0 },
  }));
  const [first] = composeDigest(RULE, PERIOD, { ...FIGURES, burn }).sections;
  expect(first?.table?.rows).toHaveLength(20);
  expect(first?.table?.rows.at(-1)?.[0]).toBe('slo-19');
  expect(first?.paragraphs).toEqual(['The first 20 of 25.']);
});
