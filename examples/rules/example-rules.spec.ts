import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { fileURLToPath } from 'node:url';
import { heartbeatSchema, matchRoutes, type AlertLabels } from '@tidewatch/alerts';
import { receiverTraits } from '@tidewatch/channels';
import { readRules } from '@tidewatch/config';
import type { MetricSelector } from '@tidewatch/slo';
import { FLEET } from '../fleet/src/fleet.js';
import { DURATION_BOUNDS, INSTRUMENTS } from '../fleet/src/instruments.js';
import { FRAME } from '../fleet/src/vision/frame-input.js';

const rules = readRules(fileURLToPath(new URL('.', import.meta.url)), true);
const receivers = new Map(rules.receivers.map((receiver) => [receiver.name, receiverTraits(receiver)]));
const profiles = Object.values(FLEET);
const samplesOf = (model: string) => profiles.find((profile) => profile.model === model)?.samples;
const embedding = rules.monitors.filter((monitor) => monitor.kind === 'EmbeddingMonitor');
const tabular = rules.monitors.filter((monitor) => monitor.kind !== 'EmbeddingMonitor');
const metricNames: string[] = Object.values(INSTRUMENTS).map((instrument) => instrument.name);

describe('the example rules', () => {
  test('are valid, all of them', () => {
    expect(rules.slos.map((slo) => slo.name).sort()).toEqual([
      'fraud-availability',
      'ranker-availability',
      'ranker-latency',
      'vision-availability',
    ]);
    expect(rules.monitors.map((monitor) => monitor.name).sort()).toEqual([
      'fraud-accuracy',
      'fraud-data',
      'fraud-inputs',
      'ranker-inputs',
      'vision-frames',
    ]);
    expect(rules.encoders.map((encoder) => encoder.name)).toEqual(['vision-frames']);
    expect(rules.receivers.map((receiver) => receiver.name).sort()).toEqual([
      'ml-tickets',
      'sre-channel',
      'sre-lead',
      'sre-pager',
      'vision-tickets',
    ]);
    expect(rules.silences.map(({ id }) => id)).toEqual(['rules/ranker-load-test']);
    expect(rules.maintenanceWindows.map(({ name }) => name)).toEqual(['ranker-index-rebuild']);
    expect(rules.heartbeats).toEqual([]);
  });

  test('include a heartbeat that is valid once it is uncommented', () => {
    const text = readFileSync(new URL('heartbeat.yaml', import.meta.url), 'utf8');
    const isRule = /^#(\w| {2})/;
    const lines = text.split('\n').filter((line) => isRule.test(line));
    const rule: unknown = parse(lines.map((line) => line.slice(1)).join('\n'));
    expect(heartbeatSchema.parse(rule)).toMatchObject({ name: 'dead-mans-switch', everyMs: 60_000 });
  });

  const labels = { severity: 'ticket', owner: 'ml-risk', kind: 'DriftMonitor', service: 'fraud-api' };
  test.each<[name: string, labels: AlertLabels, names: string[], groupWaitMs: number]>([
    ['a page', { ...labels, severity: 'page' }, ['sre-pager', 'sre-channel'], 0],
    ['a ticket of a team with a receiver', { ...labels, owner: 'ml-vision' }, ['vision-tickets'], 5_000],
    ['a ticket of a team without one', labels, ['ml-tickets'], 5_000],
  ])('route %s', (_name, given, names, groupWaitMs) => {
    const matches = matchRoutes(rules.routing, given, receivers);
    expect(matches.map(({ receiver }) => receiver)).toEqual(names);
    expect(matches.map((match) => match.groupWaitMs)).toEqual(names.map(() => groupWaitMs));
  });

  test('ask somebody else when nobody takes a page on', () => {
    const [match] = matchRoutes(rules.routing, { severity: 'page' }, receivers);
    expect(match?.escalations).toEqual([
      { afterMs: 900_000, when: 'not-acknowledged', receivers: ['sre-lead'], raise: false },
    ]);
  });

  test('hold back no page, whatever the day', () => {
    const quiet = [...rules.silences, ...rules.maintenanceWindows].map(({ matchers }) => matchers);
    expect(quiet.length).toBeGreaterThan(0);
    for (const matchers of quiet) {
      expect(matchers).toContainEqual({ label: 'severity', op: 'equals', value: 'ticket' });
      expect(matchers).toContainEqual({ label: 'service', op: 'equals', value: FLEET.ranker.service });
    }
  });

  test('let the page of the demo end within seconds of the rollback, and keep the usual times elsewhere', () => {
    const times = rules.slos.flatMap(({ name, tiers }) =>
      tiers
        .filter(({ severity }) => severity === 'page')
        .map(({ shortMs, keepFiringMs }) => [name === 'ranker-availability', shortMs, keepFiringMs]),
    );
    expect(new Set(times.map((each) => JSON.stringify(each)))).toEqual(
      new Set(['[true,20000,10000]', '[false,300000,null]', '[false,1800000,null]']),
    );
  });

  test.each(rules.slos)(
    '$name selects series that the demo fleet sends',
    ({ members, service, region, model, owner }) => {
      const profile = profiles.find((candidate) => candidate.service === service);
      expect({ region, model, owner }).toEqual({
        region: profile?.region,
        model: profile?.model,
        owner: profile?.owner,
      });
      const selectors = members.flatMap(({ sli }): (MetricSelector | null)[] =>
        sli.kind === 'ratio' ? [sli.good, sli.bad, sli.total] : sli.kind === 'latency' ? [sli.histogram] : [],
      );
      expect(selectors.length).toBeGreaterThan(0);
      for (const selector of selectors.filter((candidate) => candidate !== null)) {
        expect(metricNames).toContain(selector.metric);
        expect(selector.match).toEqual([
          { label: 'service', op: '=', value: service },
          { label: 'region', op: '=', value: region },
          { label: 'model', op: '=', value: model },
        ]);
      }
    },
  );

  test('counts latency at a bucket bound of the demo fleet, so that the count is exact', () => {
    const thresholds = rules.slos
      .flatMap((slo) => slo.members)
      .flatMap(({ sli }) => (sli.kind === 'latency' ? [sli.threshold] : []));
    expect(thresholds).toEqual([0.25]);
    expect(DURATION_BOUNDS).toEqual(expect.arrayContaining(thresholds));
  });

  test.each(rules.monitors)('$name is about a service of the demo fleet and what it sends', (monitor) => {
    const profile = profiles.find((candidate) => candidate.model === monitor.population.model);
    expect([monitor.population.service, monitor.population.region, monitor.owner]).toEqual([
      profile?.service,
      profile?.region,
      profile?.owner,
    ]);
    expect(profile?.samples?.kind).toBe(monitor.kind === 'EmbeddingMonitor' ? 'image' : 'tabular');
  });

  test.each(tabular)('$name compares with a baseline that the demo fleet uploads', (monitor) => {
    const samples = samplesOf(monitor.population.model);
    if (monitor.kind === 'PerformanceMonitor') {
      // An uploaded dataset has no labels.
      expect(monitor.baseline?.kind).toBe('rolling');
      expect(samples?.kind === 'tabular' && samples.labelShare).toBeGreaterThan(0);
      return;
    }
    expect(monitor.baseline).toMatchObject({
      kind: 'fixed',
      name: samples?.kind === 'tabular' && samples.baseline.name,
    });
  });

  test('the embedding monitor compares vectors that the encoder makes of what the demo fleet sends', () => {
    const [encoder] = rules.encoders;
    expect([encoder?.model, encoder?.input, encoder?.owner]).toEqual([
      FLEET.vision.model,
      FRAME,
      FLEET.vision.owner,
    ]);
    expect(embedding.map((monitor) => [monitor.population.model, monitor.embedding])).toEqual([
      [encoder?.model, encoder?.input],
    ]);
  });

  test.each(embedding)(
    '$name has a baseline of vectors in the history that the demo fleet sends',
    (monitor) => {
      const { baseline, windowMs, minimumSamples } = monitor;
      const samples = samplesOf(monitor.population.model);
      const history = samples?.kind === 'image' ? samples.history : { ms: 0, perSecond: 0 };
      const span = baseline.kind === 'rolling' ? baseline : { lengthMs: Infinity, gapMs: 0 };
      expect(history.ms).toBeGreaterThanOrEqual(windowMs + span.gapMs + span.lengthMs);
      expect((span.lengthMs / 1_000) * history.perSecond).toBeGreaterThan(5 * minimumSamples);
      // The demo's healthy half minute is enough to be judged before the evening comes.
      expect(30 * (samples?.perSecond ?? 0)).toBeGreaterThan(minimumSamples);
    },
  );
});
