import { describe, expect, test } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import { readRules } from '@tidewatch/config';
import type { MetricSelector } from '@tidewatch/slo';
import { FLEET } from '../fleet/src/fleet.js';
import { DURATION_BOUNDS, INSTRUMENTS } from '../fleet/src/instruments.js';

const rules = readRules(fileURLToPath(new URL('.', import.meta.url)), true);
const profiles = Object.values(FLEET);
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
    ]);
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
    ({ sli, service, region, model, owner }) => {
      const profile = profiles.find((candidate) => candidate.service === service);
      expect({ region, model, owner }).toEqual({
        region: profile?.region,
        model: profile?.model,
        owner: profile?.owner,
      });
      const selectors: (MetricSelector | null)[] =
        sli.kind === 'ratio' ? [sli.good, sli.bad, sli.total] : [sli.histogram];
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
    const thresholds = rules.slos.flatMap(({ sli }) => (sli.kind === 'latency' ? [sli.threshold] : []));
    expect(thresholds).toEqual([0.25]);
    expect(DURATION_BOUNDS).toEqual(expect.arrayContaining(thresholds));
  });

  test.each(rules.monitors)('$name compares with a baseline that the demo fleet uploads', (monitor) => {
    const profile = profiles.find((candidate) => candidate.model === monitor.population.model);
    if (monitor.kind === 'PerformanceMonitor') {
      // An uploaded dataset has no labels.
      expect(monitor.baseline?.kind).toBe('rolling');
      expect(profile?.samples?.labelShare).toBeGreaterThan(0);
      return;
    }
    expect(monitor.baseline).toMatchObject({ kind: 'fixed', name: profile?.samples?.baseline.name });
    expect([monitor.population.service, monitor.population.region]).toEqual([
      profile?.service,
      profile?.region,
    ]);
  });
});
