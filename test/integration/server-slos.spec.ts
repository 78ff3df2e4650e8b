import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { IncidentDetail } from '../../apps/server/src/query/incidents.controller.js';
import { eventually, removeFolders, startTestServer, type TestServer } from '../harness/test-server.js';

const SLICE = 10_000;
const MINUTE = 60_000;
const DAY = 86_400_000;
const ACME = 'tenant="acme"';
const BETA = 'tenant="beta"';

const slo = (name: string, annotations: string, source: string) => `
apiVersion: openslo/v1
kind: SLO
metadata:
  name: ${name}
  displayName: Ranker answers
  annotations: {tidewatch.dev/runbook: "https://example.com/runbooks/ranker", ${annotations}}
spec:
  service: ranker-api
  indicator:
    metadata: {name: ${name}-sli}
    spec:
      ratioMetric:
        counter: true
        bad: {metricSource: {type: ${source}, spec: {metric: inference.errors, match: {service: ranker-api}}}}
        total: {metricSource: {type: ${source}, spec: {metric: inference.requests, match: {service: ranker-api}}}}
  timeWindow: [{duration: 30d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.999}]
`;
const POLICY = `tidewatch.dev/budget-policy: "[{spent: 75%, do: ticket}, {spent: 100%, do: freeze, message: Only fixes.}]"`;

interface Verdict {
  readonly state: string;
  readonly sentence: string;
  readonly budgetRemaining: number | null;
  readonly windowEnd: number;
}
interface View {
  readonly name: string;
  readonly groups: unknown;
  readonly sentence: string;
  readonly evaluable: boolean;
  readonly verdict: (Verdict & { readonly group: string }) | null;
  readonly trend: readonly { readonly burn: number | null }[];
}
interface Detail extends View {
  readonly groups: readonly { readonly group: string; readonly verdict: Verdict }[];
  readonly gate: { readonly open: boolean | null; readonly reason: string };
  readonly corrections: readonly { readonly id: string }[];
}
interface Budget {
  readonly group: string;
  readonly points: readonly {
    readonly at: number;
    readonly remaining: number | null;
    readonly total: number;
  }[];
}

let server: TestServer;

async function get<T>(path: string, status = 200): Promise<T> {
  const response = await fetch(`${server.api}/api/v1/${path}`);
  expect([path, response.status]).toEqual([path, status]);
  return (await response.json()) as T;
}

/** Delta counters of two tenants over five whole minutes; one of them fails 15 % of its requests. */
async function sendRequests(until: number): Promise<void> {
  const points = (tenant: string, count: number) =>
    Array.from({ length: 30 }, (_, index) => ({
      startTimeUnixNano: `${until - (index + 1) * SLICE}000000`,
      timeUnixNano: `${until - index * SLICE - 1}000000`,
      asInt: String(count),
      attributes: [{ key: 'tenant', value: { stringValue: tenant } }],
    }));
  const metric = (name: string, acme: number, beta: number) => ({
    name,
    sum: {
      aggregationTemporality: 1,
      isMonotonic: true,
      dataPoints: [...points('acme', acme), ...points('beta', beta)],
    },
  });
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'ranker-api' } }] };
  const metrics = [metric('inference.requests', 200, 100), metric('inference.errors', 30, 0)];
  const response = await fetch(`${server.otlp}/v1/metrics`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceMetrics: [{ resource, scopeMetrics: [{ metrics }] }] }),
  });
  expect(response.status).toBe(200);
}

/** A minute that is surely counted; the five before it are full. */
const until = Math.floor(Date.now() / MINUTE) * MINUTE - MINUTE;

beforeAll(async () => {
  server = await startTestServer({
    rules: {
      'slo.yaml': [
        slo('ranker-answers', `tidewatch.dev/group-by: tenant, ${POLICY}`, 'tidewatch'),
        slo('ranker-total', POLICY, 'tidewatch'),
        slo('ranker-elsewhere', '', 'Datadog'),
      ].join('---\n'),
    },
  });
  await sendRequests(until);
  await server.stored();
  await eventually(
    'verdicts on both tenants that know all requests',
    async () => {
      const { groups } = await get<Detail>('slos/ranker-answers');
      return groups.length === 2 && groups.every(({ verdict }) => verdict.windowEnd >= until);
    },
    60_000,
  );
}, 90_000);
afterAll(async () => {
  await server.stop();
  removeFolders();
});

describe('the SLOs of a running server', () => {
  test('are listed by their worst group, with a sentence; one of a foreign source says that it is not judged', async () => {
    const { items } = await get<{ items: View[] }>('slos');
    const found = (name: string) => items.find((each) => each.name === name);
    expect(found('ranker-answers')).toMatchObject({
      ...{ groups: 2, window: '30d', budgeting: 'Occurrences', sli: 'ratio', evaluable: true },
      verdict: { group: ACME, state: 'breach' },
      sentence: expect.stringMatching(
        /^Ranker answers.*: 85 % good over the last 30 days against 99.9 %; the 30-day budget is overspent by 14,900 %, and it still burns 150 times too fast over the last hour\.$/,
      ),
    });
    const burns = found('ranker-answers')?.trend.map(({ burn }) => burn) ?? [];
    expect(burns).toHaveLength(60);
    expect(Math.max(...burns.map((burn) => burn ?? 0))).toBeCloseTo(150, 6);
    expect(found('ranker-elsewhere')).toMatchObject({
      evaluable: false,
      sentence: expect.stringMatching(/cannot be judged.*Datadog|cannot count/),
    });
  }, 30_000);

  test('one is shown with the verdicts on all groups, the worst first', async () => {
    const detail = await get<Detail>('slos/ranker-answers');
    expect(detail.groups.map(({ group, verdict }) => [group, verdict.state])).toEqual([
      [ACME, 'breach'],
      [BETA, 'ok'],
    ]);
    expect(detail).toMatchObject({
      groupBy: ['tenant'],
      members: [{ name: '', sli: 'ratio', target: 0.999, weight: 1 }],
      budgetPolicy: [
        { spent: 0.75, action: 'ticket' },
        { spent: 1, action: 'freeze' },
      ],
      gate: { open: false, reason: expect.stringContaining('Only fixes.') },
      corrections: [],
    });
    expect((detail as unknown as { tiers: unknown[] }).tiers.length).toBeGreaterThan(0);
  });

  test('the budget over time ends where the verdict stands, of the worst group unless one is named', async () => {
    const budget = await get<Budget>('slos/ranker-answers/budget');
    expect(budget.group).toBe(ACME);
    expect(budget.points.at(-1)?.remaining).toBeCloseTo(-149, 6);
    expect(budget.points[0]?.remaining).toBeNull();
    expect(budget.points.reduce((sum, { total }) => sum + total, 0)).toBe(6_000);
    const other = await get<Budget>(`slos/ranker-answers/budget?group=${encodeURIComponent(BETA)}`);
    expect(other.points.at(-1)?.remaining).toBe(1);
    const nobody = await get<Budget>('slos/ranker-answers/budget?group=nobody');
    expect(nobody.points.every(({ remaining }) => remaining === null)).toBe(true);
  });

  test('the strip holds every minute that had events', async () => {
    const strip = await get<{ resolutionMs: number; slices: [number, number, number][] }>(
      'slos/ranker-total/minutes',
    );
    expect(strip.resolutionMs).toBe(MINUTE);
    expect(strip.slices).toEqual(
      Array.from({ length: 5 }, (_, index) => [until - (5 - index) * MINUTE, 1_620, 1_800]),
    );
    const fine = await get<{ resolutionMs: number; slices: unknown[] }>(
      `slos/ranker-total/minutes?from=${until - 5 * MINUTE}&to=${until}`,
    );
    expect([fine.resolutionMs, fine.slices.length]).toEqual([SLICE, 30]);
  });

  test('a correction gives its time back in the budget, and is shown', async () => {
    const response = await fetch(`${server.api}/api/v1/corrections`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        ...{ slos: ['ranker-total'], category: 'false-data', effect: 'remove', reason: 'A load test.' },
        ...{ from: until - 5 * MINUTE, to: until },
      }),
    });
    expect(response.ok).toBe(true);
    const { id } = (await response.json()) as { id: string };
    expect((await get<Detail>('slos/ranker-total')).corrections.map((each) => each.id)).toEqual([id]);
    const budget = await get<Budget>('slos/ranker-total/budget');
    expect(budget.points.at(-1)).toMatchObject({ remaining: null, total: 0 });
    expect((await get<Detail>('slos/ranker-answers')).corrections).toEqual([]);
  });

  test('the gate closes at the freeze step, and is undecided where nothing is known', async () => {
    expect(await get('slos/ranker-answers/gate')).toMatchObject({
      ...{ slo: 'ranker-answers', open: false, state: 'breach' },
      steps: [
        { spent: 0.75, action: 'ticket', reached: true },
        { spent: 1, action: 'freeze', reached: true },
      ],
      at: expect.any(Number),
    });
    expect(await get('slos/ranker-elsewhere/gate')).toMatchObject({ open: true });
  });

  test('the gauges of /metrics tell the same', async () => {
    const text = await (await fetch(`${server.api}/metrics`)).text();
    const value = (line: string): number =>
      Number(
        text
          .split('\n')
          .find((each) => each.startsWith(line))
          ?.split(' ')
          .at(-1),
      );
    const labels = `slo="ranker-answers",group="tenant=\\"acme\\""`;
    expect(value(`tidewatch_slo_state{${labels},state="breach"}`)).toBe(1);
    expect(value(`tidewatch_slo_burn_rate{${labels},window="1h"}`)).toBeCloseTo(150, 6);
    expect(value(`tidewatch_slo_error_budget_remaining_ratio{${labels}}`)).toBeCloseTo(-149, 6);
    expect(value(`tidewatch_slo_time_to_exhaustion_seconds{${labels}}`)).toBe(0);
    expect(value('tidewatch_slo_gate_open{slo="ranker-answers"}')).toBe(0);
    expect(text).toMatch(/^# TYPE tidewatch_slo_burn_rate gauge$/m);
  });

  test.each([
    ['slos/nothing', 404, 'There is no SLO "nothing".'],
    ['slos/nothing/gate', 404, 'There is no SLO "nothing".'],
    [`slos/ranker-total/budget?from=${Date.now() + DAY}`, 400, 'The range is empty.'],
    ['slos/ranker-total/budget?from=yesterday', 400, 'The parameter from is "yesterday".'],
    [`slos/ranker-total/minutes?from=${Date.now() - 70 * DAY}`, 400, 'The range is too long.'],
  ])('%s is refused with %p', async (path, status, detail) => {
    expect(await get(path, status)).toMatchObject({ detail: expect.stringContaining(detail) });
  });

  test('a group that a rule counts no more leaves the incident that it fired in', async () => {
    const speakers = async (): Promise<string[]> => {
      const { items } = await get<{ items: { id: string }[] }>('incidents');
      const { incident } = await get<{ incident: IncidentDetail }>(`incidents/${items[0]?.id}`);
      return incident.members.filter(({ phase }) => phase !== 'left').map(({ name }) => name);
    };
    const isAcme = (name: string): boolean =>
      name.startsWith('SLO/ranker-answers/') && name.endsWith(`/${ACME}`);
    expect((await speakers()).filter(isAcme)).not.toEqual([]);
    const narrower = slo('ranker-answers', 'tidewatch.dev/group-by: tenant', 'tidewatch').replaceAll(
      '{service: ranker-api}',
      '{service: ranker-api, tenant: beta}',
    );
    const total = slo('ranker-total', POLICY, 'tidewatch');
    writeFileSync(join(server.rulesDir, 'slo.yaml'), `${narrower}---\n${total}`);
    expect(server.server.reloadRules()).toBeNull();
    await eventually('its end', async () => !(await speakers()).some(isAcme), 60_000);
    // The other rule sees the same requests, and goes on.
    expect((await speakers()).some((name) => name.startsWith('SLO/ranker-total/'))).toBe(true);
  }, 90_000);
});
