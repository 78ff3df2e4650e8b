import { beforeEach, describe, expect, test } from '@jest/globals';
import type { RuleMaintenanceWindow, RuleSilence, Silence } from '@tidewatch/alerts';
import type { Rules } from '@tidewatch/config';
import type { Deployment } from '@tidewatch/samples';
import type { ProjectSilence } from '@tidewatch/store';
import { pino } from 'pino';
import { deployment } from '../../../../test/harness/prediction-rows.js';
import { SuppressionFeed } from './suppression-sources.js';

const NOW = Date.now();
const MATCHERS = [{ label: 'service', op: 'equals', value: 'ranker-api' }] as const;

const silence = (id: string): Silence => ({
  id,
  matchers: MATCHERS,
  startsAt: NOW - 1_000,
  endsAt: NOW + 60_000,
  comment: 'x',
  createdBy: 'alice',
  createdAt: NOW,
  withdrawnAt: null,
});

const ruleSilence = (name: string, labels: Record<string, string> = {}): RuleSilence => ({
  ...silence(`rules/${name}`),
  labels,
});

const window = (name: string, labels: Record<string, string> = {}): RuleMaintenanceWindow => ({
  name,
  labels,
  matchers: MATCHERS,
  from: NOW,
  to: NOW + 1_000,
  rrule: '',
  timeZone: 'UTC',
  comment: 'x',
});

const rulesOf = (some: Partial<Rules>): Rules =>
  ({
    silences: [],
    maintenanceWindows: [],
    routing: { routes: [], warmUpMs: 900_000 },
    ...some,
  }) as unknown as Rules;

let stored: ProjectSilence[];
let deployed: Deployment[];
let away: Error | null;
let rules: Rules;
let lines: string[];
let feed: SuppressionFeed;

beforeEach(() => {
  stored = [];
  deployed = [];
  away = null;
  rules = rulesOf({});
  lines = [];
  const logger = pino(
    {},
    { write: (line: string) => void lines.push((JSON.parse(line) as { msg: string }).msg) },
  );
  const answer = async <T>(value: T): Promise<T> => {
    if (away !== null) {
      throw away;
    }
    return value;
  };
  // The store by its interface: what is tested is what is made of its answers, and of none.
  feed = new SuppressionFeed({
    store: {
      silences: { notOver: () => answer(stored) },
      deployments: { ofAllProjects: () => answer(deployed) },
    } as unknown as ConstructorParameters<typeof SuppressionFeed>[0]['store'],
    rules: () => rules,
    logger,
  });
});

const idsOf = (project: string) => {
  const { silences, windows, warmUps } = feed.of(project);
  return [
    ...silences.map(({ id }) => id),
    ...windows.map(({ name }) => name),
    ...warmUps.map(({ deploymentId }) => deploymentId),
  ];
};

describe('what keeps a project quiet', () => {
  test('comes from the store and from the rules, each to its project', async () => {
    stored = [
      { project: 'default', silence: silence('a') },
      { project: 'shop', silence: silence('b') },
    ];
    deployed = [
      deployment({ project: 'default', deploymentId: 'd-1', timestamp: NOW }),
      deployment({ project: 'shop', deploymentId: 'd-2', kind: 'rollback', timestamp: NOW }),
    ];
    rules = rulesOf({
      silences: [ruleSilence('load-test'), ruleSilence('sale', { project: 'shop' })],
      maintenanceWindows: [window('nightly'), window('weekly', { project: 'shop' })],
    });
    await feed.refresh();
    expect(idsOf('default')).toEqual(['a', 'rules/load-test', 'nightly', 'd-1']);
    expect(idsOf('shop')).toEqual(['b', 'rules/sale', 'weekly', 'd-2']);
    expect(idsOf('other')).toEqual([]);
    expect(feed.of('shop')).toMatchObject({
      warmUpMs: 900_000,
      warmUps: [{ service: 'ranker-api', model: 'ranker', region: 'eu-1', at: deployed[1]!.timestamp }],
    });
  });

  test('only versions that went live or came back warm up', async () => {
    const kinds = ['deploy', 'rollback', 'traffic', 'config', 'load_failed'] as const;
    deployed = kinds.map((kind) =>
      deployment({ project: 'default', deploymentId: kind, kind, timestamp: NOW }),
    );
    await feed.refresh();
    expect(idsOf('default')).toEqual(['deploy', 'rollback']);
  });
});

describe('the same object', () => {
  test('is given for as long as nothing changes, and the revision says when it does', async () => {
    await feed.refresh();
    const [first, revision] = [feed.of('default'), feed.revision];
    await feed.refresh();
    expect(feed.of('default')).toBe(first);
    expect(feed.revision).toBe(revision);
    stored = [{ project: 'default', silence: silence('a') }];
    await feed.refresh();
    expect(feed.of('default')).not.toBe(first);
    expect(feed.revision).toBeGreaterThan(revision);
  });

  test('gives way to a new one when the rules are reloaded', async () => {
    await feed.refresh();
    const first = feed.of('default');
    rules = rulesOf({ silences: [ruleSilence('new')] });
    expect(feed.of('default')).not.toBe(first);
    expect(idsOf('default')).toEqual(['rules/new']);
  });
});

test('what was known last goes on while the store is away, which is said once', async () => {
  stored = [{ project: 'default', silence: silence('a') }];
  await feed.refresh();
  away = new Error('no answer');
  await feed.refresh();
  await feed.refresh();
  expect(idsOf('default')).toEqual(['a']);
  away = null;
  stored = [];
  await feed.refresh();
  await feed.refresh();
  expect(idsOf('default')).toEqual([]);
  expect(lines).toEqual([
    'silences and deployments could not be read; what was known last goes on',
    'silences and deployments can be read again',
  ]);
});

test('it starts although the store is away, and stops', async () => {
  away = new Error('no answer');
  await feed.start();
  expect(idsOf('default')).toEqual([]);
  await feed.stop();
});
