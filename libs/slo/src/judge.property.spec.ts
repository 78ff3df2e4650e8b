import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { coveredPeriod, coveredWindows, judgedSlo } from '../fixtures/judged-slo.js';
import { judgeSlo, windowsOf, type BurnTier, type EventCount, type SloVerdict } from '@tidewatch/slo';

const SLICE_MS = 10_000;

/** Targets and burns are drawn as tenths and ten-thousandths, so that the recomputation below works in integers. */
interface Scenario {
  /** Target in 1/10,000. */
  readonly target: number;
  /** Oldest first; the newest ends at the window end. */
  readonly slices: readonly EventCount[];
  /** Windows in slices, burn in 1/10. */
  readonly tiers: readonly {
    readonly long: number;
    readonly short: number;
    readonly burn: number;
    readonly minimum: number;
  }[];
}

const slice = fc
  .tuple(
    fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 20 })),
    fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 20 })),
  )
  .map(([bad, good]) => ({ good, total: good + bad }));

const scenario: fc.Arbitrary<Scenario> = fc.record({
  target: fc.integer({ min: 1, max: 9_999 }),
  slices: fc.array(slice, { minLength: 1, maxLength: 60 }),
  tiers: fc.array(
    fc.record({
      long: fc.integer({ min: 2, max: 60 }),
      short: fc.integer({ min: 1, max: 6 }),
      burn: fc.integer({ min: 1, max: 200 }),
      minimum: fc.integer({ min: 1, max: 8 }),
    }),
    { minLength: 1, maxLength: 4 },
  ),
});

function judge({ target, slices, tiers }: Scenario): SloVerdict {
  const burnTiers = tiers.map(({ long, short, burn, minimum }, index): BurnTier => ({
    name: `tier-${index}`,
    longMs: long * SLICE_MS,
    shortMs: short * SLICE_MS,
    burn: burn / 10,
    severity: 'page',
    minimumBadEvents: minimum,
    everyMs: SLICE_MS,
    holdMs: 0,
    keepFiringMs: null,
    and: null,
  }));
  // Windows as the evaluator has them: differences of running sums.
  const running = slices.reduce<EventCount[]>(
    (sums, each) => [
      ...sums,
      { good: (sums.at(-1)?.good ?? 0) + each.good, total: (sums.at(-1)?.total ?? 0) + each.total },
    ],
    [],
  );
  const last = running.at(-1) ?? { good: 0, total: 0 };
  const window = (windowMs: number): EventCount => {
    const before = running[slices.length - 1 - windowMs / SLICE_MS] ?? { good: 0, total: 0 };
    return { good: last.good - before.good, total: last.total - before.total };
  };
  const periodMs = slices.length * SLICE_MS;
  return judgeSlo({
    slo: judgedSlo({ target: target / 10_000, periodMs, tiers: burnTiers }),
    group: '',
    windows: coveredWindows(windowsOf({ tiers: burnTiers }).map((windowMs) => [windowMs, window(windowMs)])),
    period: coveredPeriod(last, periodMs, 0),
    windowEnd: 0,
  });
}

/** The definition, slice by slice and in integers: bad / total / (1 - target / 10^4) >= burn / 10. */
function stateByDefinition({ target, slices }: Scenario, tier: Scenario['tiers'][number]): string {
  const inWindow = (length: number) => slices.slice(Math.max(0, slices.length - length));
  const total = (length: number): number => inWindow(length).reduce((sum, each) => sum + each.total, 0);
  const bad = (length: number): number =>
    inWindow(length).reduce((sum, each) => sum + each.total - each.good, 0);
  const reaches = (length: number): boolean =>
    bad(length) * 100_000 >= tier.burn * (10_000 - target) * total(length);
  if (total(tier.long) === 0) {
    return 'frozen';
  }
  if (!reaches(tier.long) || bad(tier.long) < tier.minimum) {
    return 'ok';
  }
  return total(tier.short) === 0 ? 'frozen' : reaches(tier.short) ? 'firing' : 'ok';
}

describe('for random traces', () => {
  test('every tier is what the definition says of the raw slices', () => {
    fc.assert(
      fc.property(scenario, (drawn) => {
        const states = judge(drawn).tiers.map((tier) => tier.state);
        expect(states).toEqual(drawn.tiers.map((tier) => stateByDefinition(drawn, tier)));
      }),
      { numRuns: 1_000 },
    );
  });

  test('the SLO follows from its tiers, and the budget from the raw slices', () => {
    fc.assert(
      fc.property(scenario, (drawn) => {
        const verdict = judge(drawn);
        const states = new Set(verdict.tiers.map((tier) => tier.state));
        expect(verdict.state).toBe(states.has('firing') ? 'breach' : states.has('ok') ? 'ok' : 'frozen');
        const total = drawn.slices.reduce((sum, each) => sum + each.total, 0);
        const bad = drawn.slices.reduce((sum, each) => sum + each.total - each.good, 0);
        if (total === 0) {
          expect(verdict.budgetRemaining).toBeNull();
        } else {
          expect(verdict.sliValue).toBeCloseTo((total - bad) / total, 12);
          expect(verdict.budgetRemaining).toBeCloseTo(
            1 - (bad / total) * (10_000 / (10_000 - drawn.target)),
            8,
          );
        }
        expect(verdict.reason).toMatch(/^[A-Z].*\.$/);
      }),
    );
  });

  test('turning good events bad never stops a tier from firing', () => {
    fc.assert(
      fc.property(scenario, fc.nat(), (drawn, pick) => {
        const index = pick % drawn.slices.length;
        const worse = drawn.slices.map((each, at) => (at === index ? { ...each, good: 0 } : each));
        const before = judge(drawn).tiers;
        const after = judge({ ...drawn, slices: worse }).tiers;
        for (const [tier, verdict] of before.entries()) {
          if (verdict.state === 'firing') {
            expect(after[tier]?.state).toBe('firing');
          }
        }
      }),
    );
  });
});
