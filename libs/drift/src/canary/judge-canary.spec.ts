import { describe, expect, test } from '@jest/globals';
import { seededNormal, seededRandom } from '@tidewatch/core';
import type { ArmCounts, CanaryInput, Stratum } from './canary-input.js';
import { DEFAULT_MARGINS } from './canary-input.js';
import type { CanaryVerdict } from './canary-verdict.js';
import { judgeCanary } from './judge-canary.js';
import { binEnd, valueBin } from './value-bins.js';

const HOUR = 3_600_000;
const random = seededRandom(61);

interface Behaviour {
  readonly success: number;
  readonly latency: number;
  readonly accuracy: number;
  readonly score: number;
}
const USUAL: Behaviour = { success: 0.999, latency: 80, accuracy: 0.95, score: 0 };

class Counts {
  private requests = 0;
  private failures = 0;
  private correct = 0;
  private readonly latencies = new Map<number, number>();
  private readonly labels = new Map<string, number>();
  private readonly scores = new Map<number, number>();

  add(behaviour: Behaviour): void {
    const count = <K>(into: Map<K, number>, key: K): unknown => into.set(key, (into.get(key) ?? 0) + 1);
    this.requests += 1;
    this.failures += random() < behaviour.success ? 0 : 1;
    this.correct += random() < behaviour.accuracy ? 1 : 0;
    count(this.latencies, valueBin(behaviour.latency * Math.exp(0.3 * seededNormal(random))));
    const score = 1 / (1 + Math.exp(-(behaviour.score + seededNormal(random))));
    count(this.scores, valueBin(score));
    count(this.labels, score > 0.5 ? 'yes' : 'no');
  }

  get(): ArmCounts {
    return {
      requests: this.requests,
      failures: this.failures,
      labelled: this.requests,
      correct: this.correct,
      latencies: this.latencies,
      labels: this.labels,
      scores: this.scores,
      values: new Map(),
    };
  }
}

const arm = (size: number, behaviour: Partial<Behaviour> = {}): ArmCounts => {
  const counts = new Counts();
  for (let i = 0; i < size; i += 1) {
    counts.add({ ...USUAL, ...behaviour });
  }
  return counts.get();
};
const judge = (strata: readonly Stratum[], partial: Partial<CanaryInput> = {}): CanaryVerdict =>
  judgeCanary({
    range: { from: 0, to: 2 * HOUR },
    strata,
    margins: DEFAULT_MARGINS,
    minimumDurationMs: HOUR,
    alpha: 0.05,
    ...partial,
  });
/** Drawn once: two arms that behave alike. */
const usual = { control: arm(60_000), candidate: arm(60_000) };
const one = (control: ArmCounts, candidate: ArmCounts): Stratum[] => [{ name: '', control, candidate }];
const metric = (verdict: CanaryVerdict, name: string) => verdict.metrics.find((each) => each.name === name)!;

describe('bins of values', () => {
  test('keep the order and the size to a hundredth, of both signs', () => {
    const values = [-1e12, -5, -0.3, -1e-12, 0, 1e-12, 1e-5, 0.3, 0.301, 0.31, 5, 1e12];
    const bins = values.map(valueBin);
    expect(bins).toEqual(bins.toSorted((a, b) => a - b));
    for (const value of values.filter((each) => Math.abs(each) > 1e-6)) {
      expect(binEnd(valueBin(value)) / value).toBeGreaterThanOrEqual(value > 0 ? 1 - 1e-9 : 0.98);
      expect(binEnd(valueBin(value)) / value).toBeLessThanOrEqual(value > 0 ? 1.0101 : 1 + 1e-9);
    }
  });
});

describe('a canary', () => {
  test('that behaves like the control is the same, once there is enough of it', () => {
    const verdict = judge(one(usual.control, usual.candidate));
    expect(verdict).toMatchObject({ conclusion: 'same', reason: 'The candidate is no worse than allowed.' });
    expect(metric(verdict, 'success')).toMatchObject({ conclusion: 'same', needed: null });
    expect(metric(verdict, 'latency').candidate! / 131).toBeCloseTo(1, 1);
    expect(metric(verdict, 'value-drift')).toMatchObject({ conclusion: 'not-measured', effect: null });
  });

  test('of few requests is inconclusive and says how many more it takes', () => {
    const verdict = judge(one(arm(2_000), arm(2_000)));
    expect(verdict.conclusion).toBe('inconclusive');
    expect(verdict.needed).toBeGreaterThan(3_000);
    expect(verdict.needed).toBeLessThan(100_000);
    expect(verdict.reason).toMatch(
      /^It is not certain yet for .*; if nothing changes, [\d,]+ further samples of the candidate will tell\.$/,
    );
    const enough = 2_000 + verdict.needed!;
    const later = judge(one(arm(enough + 5_000), arm(enough + 5_000)));
    expect(later.conclusion).toBe('same');
  });

  test.each<[string, Partial<Behaviour>, string]>([
    ['fails', { success: 0.95 }, 'success rate'],
    ['is slow', { latency: 120 }, 'latency p95'],
    ['answers wrong', { accuracy: 0.85 }, 'accuracy'],
    ['answers otherwise', { score: 1 }, 'scores'],
  ])('that %s is worse, at once and before the minimum duration', (_, behaviour, label) => {
    const verdict = judge(one(arm(20_000), arm(20_000, behaviour)), { range: { from: 0, to: 60_000 } });
    expect(verdict.conclusion).toBe('worse');
    expect(verdict.reason).toContain(label);
  });

  test('that is faster is better', () => {
    const verdict = judge(one(usual.control, arm(60_000, { latency: 60 })));
    expect(verdict.conclusion).toBe('better');
    expect(metric(verdict, 'latency').effect).toBeLessThan(-0.2);
  });

  test('is not the same before the minimum duration', () => {
    const verdict = judge(one(usual.control, usual.candidate), { range: { from: 0, to: 10 * 60_000 } });
    expect(verdict).toMatchObject({
      conclusion: 'inconclusive',
      reason: 'The comparison has lasted 10 min of at least 1 h.',
    });
  });

  test('without requests on both sides is inconclusive', () => {
    expect(judge([]).reason).toBe('There are no requests that both arms answered in the same minutes.');
    expect(judge(one(arm(0), arm(100))).conclusion).toBe('inconclusive');
  });

  test('all of whose requests fail is worse soon', () => {
    expect(judge(one(arm(500), arm(100, { success: 0 }))).conclusion).toBe('worse');
  });

  test('with a difference that is just what is allowed never tells', () => {
    const exact = (failures: number): ArmCounts => ({
      ...arm(0),
      requests: 100_000,
      failures,
      latencies: new Map(),
    });
    const verdict = judge(one(exact(1_000), exact(2_000)));
    expect(verdict).toMatchObject({ conclusion: 'inconclusive', needed: null });
    expect(verdict.reason).toContain('no number of samples may tell');
  });
});

describe('strata', () => {
  // Nights are slow, and the canary is given most of its requests at night.
  const strata: Stratum[] = [
    { name: 'day', control: arm(50_000), candidate: arm(5_000) },
    { name: 'night', control: arm(10_000, { latency: 160 }), candidate: arm(45_000, { latency: 160 }) },
  ];

  test('the mix of hours is not taken for the candidate', () => {
    expect(metric(judge(strata), 'latency').conclusion).toBe('same');
    const merge = (a: ReadonlyMap<number, number>, b: ReadonlyMap<number, number>) => {
      const sum = new Map(a);
      b.forEach((count, key) => sum.set(key, (sum.get(key) ?? 0) + count));
      return sum;
    };
    const pooled = (of: (stratum: Stratum) => ArmCounts): ArmCounts => {
      const [a, b] = strata.map(of) as [ArmCounts, ArmCounts];
      return { ...a, requests: a.requests + b.requests, latencies: merge(a.latencies, b.latencies) };
    };
    const naive = judge(
      one(
        pooled(({ control }) => control),
        pooled(({ candidate }) => candidate),
      ),
    );
    expect(metric(naive, 'latency').effect).toBeGreaterThan(0.2);
  });

  test('one that only one arm has is left out', () => {
    const alone: Stratum = { name: 'test', control: arm(0), candidate: arm(5_000, { success: 0 }) };
    expect(metric(judge([...strata, alone]), 'success').conclusion).not.toBe('worse');
  });
});

test('no canary that is like its control is ever called worse, however often one looks', () => {
  let wrong = 0;
  for (let run = 0; run < 20; run += 1) {
    const [control, candidate] = [new Counts(), new Counts()];
    let worse = false;
    for (let look = 0; look < 25; look += 1) {
      for (let i = 0; i < 100; i += 1) {
        control.add(USUAL);
        candidate.add(USUAL);
      }
      // No margin: any difference counts.
      const margins = { latency: 0, success: 0, accuracy: 0, drift: 0 };
      worse ||= judge(one(control.get(), candidate.get()), { margins }).conclusion === 'worse';
    }
    wrong += worse ? 1 : 0;
  }
  // 1 of 20 at most is expected; beyond 4 has a probability of 0.003.
  expect(wrong).toBeLessThanOrEqual(4);
});
