import { describe, expect, test } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import { readRules } from '@tidewatch/config';
import type { MetricSelector } from '@tidewatch/slo';
import { FLEET } from '../fleet/src/fleet.js';
import { DURATION_BOUNDS, INSTRUMENTS } from '../fleet/src/instruments.js';
import { FRAME } from '../fleet/src/vision/frame-input.js';

const rules = readRules(fileURLToPath(new URL('.', import.meta.url)), true);
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
    expect(rules.receivers.map((receiver) => receiver.name).sort()).toEqual(['ml-tickets', 'sre-pager']);
    expect(
      rules.routing.routes.map(({ match, receiver, groupWaitMs }) => [match, receiver, groupWaitMs]),
    ).toEqual([
      [{ severity: 'page' }, 'sre-pager', 0],
      [{ severity: 'ticket' }, 'ml-tickets', 5_000],
    ]);
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
