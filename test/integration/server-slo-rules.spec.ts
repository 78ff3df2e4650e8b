import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readRules } from '@tidewatch/config';
import { isAppError } from '@tidewatch/core';
import {
  eventually,
  removeFolders,
  startTestServer,
  temporaryFolder,
  type TestServer,
} from '../harness/test-server.js';

interface Parts {
  readonly name?: string;
  /** Of the annotations, each on a line of its own. */
  readonly tiers?: string;
  readonly objective?: string;
  readonly indicator?: string;
  readonly more?: string;
}

/** An SLO document; what the tests change stands on lines 6 to 13. */
const slo = ({
  name = 'answers',
  tiers = '[{name: fast, long: 1h, short: 5m, burn: 14.4, severity: page}]',
  objective = '{target: 0.999}',
  indicator = 'indicatorRef: errors',
  more = 'description: ""',
}: Parts = {}): string => `apiVersion: openslo/v1
kind: SLO
metadata:
  name: ${name}
  annotations:
    tidewatch.dev/tiers: "${tiers}"
    tidewatch.dev/runbook: https://example.com/runbooks/ranker
spec:
  service: ranker-api
  ${indicator}
  objectives: [${objective}]
  timeWindow: [{duration: 30d, isRolling: true}]
  ${more}
  budgetingMethod: Occurrences
`;
const SLI = `apiVersion: openslo/v1
kind: SLI
metadata: {name: errors}
spec:
  ratioMetric:
    counter: true
    bad: {metricSource: {type: tidewatch, spec: {metric: inference.errors}}}
    total: {metricSource: {type: tidewatch, spec: {metric: inference.requests}}}
`;

/** Everything that is wrong with some rule files, one line each. */
function problems(files: Readonly<Record<string, string>>): string[] {
  const folder = temporaryFolder('rules');
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), text);
  }
  try {
    readRules(folder, true);
    return [];
  } catch (error) {
    expect(isAppError(error, 'config.rules-invalid')).toBe(true);
    return (error as Error).message
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
  }
}

afterAll(removeFolders);

describe('rules that are wrong are refused with file, line and path', () => {
  test('and those that are right are read', () => {
    expect(problems({ 'a.yaml': slo(), 'sli.yaml': SLI })).toEqual([]);
  });

  const WRONG: [string, Parts, string][] = [
    [
      'a target of 1',
      { objective: '{target: 1}' },
      'a.yaml:11 spec.objectives[0].target: must be a share of good events above 0 and below 1, such as 0.999 (for per cent write targetPercent; for what may never happen use a MetricMonitor that counts it: 1 leaves no error budget to watch, and 0 promises nothing), and is 1',
    ],
    [
      'a target of 0',
      { objective: '{target: 0}' },
      'a.yaml:11 spec.objectives[0].target: must be a share of good events above 0 and below 1, such as 0.999 (for per cent write targetPercent; for what may never happen use a MetricMonitor that counts it: 1 leaves no error budget to watch, and 0 promises nothing), and is 0',
    ],
    [
      'a target of 100 per cent',
      { objective: '{targetPercent: 100}' },
      'a.yaml:11 spec.objectives[0].targetPercent: must be a percentage above 0 and below 100',
    ],
    [
      'a short window that is as long as the long one',
      { tiers: '[{name: fast, long: 1h, short: 1h, burn: 2, severity: ticket}]' },
      'a.yaml:6 metadata.annotations.tidewatch.dev/tiers: tier fast has a short window of 1h that is not shorter than its long window of 1h',
    ],
    [
      'a short window that is longer',
      { tiers: '[{name: fast, long: 1h, short: 2h, burn: 2, severity: ticket}]' },
      'a.yaml:6 metadata.annotations.tidewatch.dev/tiers: tier fast has a short window of 2h that is not shorter than its long window of 1h',
    ],
    [
      'a burn rate that no outage reaches, with the one that a total outage has',
      {
        tiers: '[{name: fast, long: 1h, short: 5m, burn: 14.4, severity: page}]',
        objective: '{target: 0.9}',
      },
      'tier fast could never fire: its burn is 14.4, and with a target of 0.9 a total outage burns 10 times too fast, which is the maximum',
    ],
    [
      'an unknown key of a tier',
      { tiers: '[{name: fast, long: 1h, short: 5m, burn: 2, severity: page, evry: 10s}]' },
      'a.yaml:6 metadata.annotations.tidewatch.dev/tiers: [0] evry is not a known key of a tier; known are name, long,',
    ],
    [
      'an unknown key of the document',
      { more: 'budgetingMethods: x' },
      'a.yaml:13 spec.budgetingMethods: is not a known key',
    ],
    [
      'an unknown key of an objective',
      { objective: '{target: 0.9, tresholds: 3}' },
      'a.yaml:11 spec.objectives[0].tresholds: is not a known key',
    ],
    [
      'an indicator that does not exist',
      { indicator: 'indicatorRef: faults' },
      'a.yaml:10 spec.indicatorRef: names faults, which no document of kind SLI defines; SLI documents found: errors',
    ],
    [
      'an SLO that names itself as its indicator',
      { indicator: 'indicatorRef: answers' },
      'a.yaml:10 spec.indicatorRef: names answers, which is this SLO itself: a reference in a cycle; it must name a document of kind SLI',
    ],
    [
      'an alert policy that does not exist',
      { more: 'alertPolicies: [{alertPolicyRef: gone}]' },
      'a.yaml:13 spec.alertPolicies[0].alertPolicyRef: names gone, which no document of kind AlertPolicy defines; no AlertPolicy document was found',
    ],
    [
      'a statement that writes',
      {
        indicator:
          'indicator: {metadata: {name: sql}, spec: {ratioMetric: {counter: true, rawType: success, raw: {metricSource: {type: tidewatch, spec: {sql: DROP TABLE otel_traces}}}}}}',
      },
      'a.yaml:10 spec.indicator.spec.ratioMetric.raw.metricSource.spec.sql: ',
    ],
    [
      'a statement without a bound in time',
      {
        indicator:
          'indicator: {metadata: {name: sql}, spec: {ratioMetric: {counter: true, rawType: success, raw: {metricSource: {type: tidewatch, spec: {sql: "SELECT Timestamp AS time, 1 AS good, 1 AS total FROM otel_traces"}}}}}}',
      },
      'a.yaml:10 spec.indicator.spec.ratioMetric.raw.metricSource.spec.sql: ',
    ],
    [
      'an expression that needs more than linear time',
      {
        indicator:
          "indicator: {metadata: {name: x}, spec: {ratioMetric: {counter: true, bad: {metricSource: {type: tidewatch, spec: {metric: a, match: {b: {matches: '(a)\\1'}}}}}, total: {metricSource: {type: tidewatch, spec: {metric: a}}}}}}",
      },
      'a.yaml:10 spec.indicator.spec.ratioMetric.bad.metricSource.spec.match.b.matches: must be a regular expression in RE2 syntax',
    ],
  ];

  test.each(WRONG)('%s', (_what, parts, message) => {
    const found = problems({ 'a.yaml': slo(parts), 'sli.yaml': SLI });
    expect(found).toEqual([expect.stringContaining(message)]);
    expect(found[0]?.length).toBeLessThan(400);
  });

  test('two documents of one name, and two that make SLOs of one name', () => {
    expect(problems({ 'a.yaml': slo(), 'b.yaml': slo(), 'sli.yaml': `${SLI}---\n${SLI}` })).toEqual([
      expect.stringContaining(
        'b.yaml:4 metadata.name: SLO answers is defined twice; give each SLO its own name',
      ),
      expect.stringContaining('sli.yaml:12 metadata.name: SLI errors is defined twice'),
    ]);
    const many = slo({ objective: '{displayName: a, target: 0.99}, {displayName: b, target: 0.999}' });
    expect(problems({ 'a.yaml': many, 'b.yaml': slo({ name: 'answers-a' }), 'sli.yaml': SLI })).toEqual([
      expect.stringMatching(
        /^b\.yaml:4 metadata\.name: makes an SLO named answers-a, which another document makes too/,
      ),
    ]);
  });

  test('all of them are told at once, each in its file', () => {
    const files = WRONG.map(([, parts], index): [string, string] => [
      `${String(index).padStart(2, '0')}.yaml`,
      slo({ ...parts, name: `answers-${index}` }),
    ]);
    const found = problems({ ...Object.fromEntries(files), 'sli.yaml': SLI });
    expect(found).toHaveLength(WRONG.length);
    const told = found.map((line) => line.slice(0, line.indexOf(':'))).sort();
    expect(told).toEqual(files.map(([name]) => name).sort());
  });
});

describe('a server whose rules are changed to wrong ones', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ rules: { 'a.yaml': slo(), 'sli.yaml': SLI } });
  }, 60_000);
  afterAll(() => server.stop());

  interface View {
    readonly name: string;
    readonly verdict: { readonly windowEnd: number; readonly target: number } | null;
  }

  /** The SLOs after a round that ended after `at`. */
  const judgedAfter = (at: number, names: readonly string[]): Promise<View[]> =>
    eventually(
      `verdicts on ${names.join()}`,
      async () => {
        const response = await fetch(`${server.api}/api/v1/slos`);
        const { items } = (await response.json()) as { items: View[] };
        const ready = names.every((name) =>
          items.some((each) => each.name === name && (each.verdict?.windowEnd ?? 0) > at),
        );
        return ready && items;
      },
      40_000,
    );
  const evaluatedAt = async (): Promise<number> => {
    const status = (await (await fetch(`${server.api}/api/v1/status`)).json()) as {
      evaluation: { lastAt: number | null };
    };
    return status.evaluation.lastAt ?? 0;
  };

  test('keeps the old ones, goes on judging them, and says what is wrong', async () => {
    await judgedAfter(0, ['answers']);
    writeFileSync(join(server.rulesDir, 'a.yaml'), slo({ objective: '{target: 1}' }));
    writeFileSync(join(server.rulesDir, 'b.yaml'), slo({ name: 'more' }));
    const problem = server.server.reloadRules();
    expect(problem).toMatch(
      /^The rules in .* have 1 problem:\n {2}a\.yaml:11 spec\.objectives\[0\]\.target: must be/,
    );
    const before = await evaluatedAt();
    await eventually('two more rounds', async () => (await evaluatedAt()) >= before + 10_000, 40_000);
    const items = await judgedAfter(0, ['answers']);
    expect(items.map(({ name, verdict }) => [name, verdict?.target])).toEqual([['answers', 0.999]]);
  }, 90_000);

  test('takes them when they are right', async () => {
    writeFileSync(join(server.rulesDir, 'a.yaml'), slo({ objective: '{target: 0.99}' }));
    expect(server.server.reloadRules()).toBeNull();
    const items = await eventually(
      'the verdict on the new target',
      async () => {
        const found = await judgedAfter(0, ['answers', 'more']);
        return (
          found.every(({ name, verdict }) => verdict?.target === (name === 'more' ? 0.999 : 0.99)) && found
        );
      },
      60_000,
    );
    expect(items.map(({ name }) => name)).toEqual(['answers', 'more']);
  }, 90_000);
});
