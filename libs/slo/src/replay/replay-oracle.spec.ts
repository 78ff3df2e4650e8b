import { describe, expect, test } from '@jest/globals';
import { seededRandom } from '@tidewatch/core';
import { PLAN_ERROR_RATIOS, planTable } from '../plan/plan-table.js';
import { DEFAULT_TIERS } from '../tiers.js';
import { oracleCase, oracleOutcome, type OracleOutcome } from './oracle-case.js';
import { COUNTED_SLI } from '../../fixtures/counted-sli.js';

const DAY_MS = 86_400_000;
/** The workbook's four pairs. */
const TIERS = DEFAULT_TIERS.slice(0, 4);

describe('a constant error ratio, replayed', () => {
  test.each(TIERS.flatMap((tier) => PLAN_ERROR_RATIOS.map((ratio) => [tier.name, ratio, tier] as const)))(
    '%s at %f fires and clears when the plan says so',
    (_, errorRatio, tier) => {
      const errorsFrom = 10 * DAY_MS;
      const [cell] =
        planTable(
          {
            name: 'oracle',
            target: 0.999,
            periodMs: 30 * DAY_MS,
            budgeting: { method: 'Occurrences' },
            members: [{ name: '', target: 0.999, weight: 1, sli: COUNTED_SLI }],
            tiers: [tier],
          },
          { errorRatios: [errorRatio] },
        ).rows[0]?.cells ?? [];
      const lasts = cell?.firesAfterMs ?? tier.longMs;
      // Until the end of the minute in which it fires: both ends lie on the steps of evaluation.
      const errorsTo = errorsFrom + Math.ceil(lasts / 60_000) * 60_000 + tier.shortMs;
      const outcome = oracleOutcome({ tier, errorRatio, eventsPerSlice: 10_000, errorsFrom, errorsTo });
      expect(outcome.withinOneEvaluation).toBe(true);
      if (cell?.firesAfterMs === null) {
        expect(outcome.firing).toBeNull();
      } else {
        const steps = Math.ceil((cell?.firesAfterMs ?? Number.NaN) / tier.everyMs - 1e-6);
        expect(outcome.firing).toBe(errorsFrom + steps * tier.everyMs);
        // A burn that equals the threshold still fires: clearing is one step later there.
        const cleared = Math.floor((cell?.resetsAfterMs ?? Number.NaN) / tier.everyMs + 1e-6) + 1;
        expect(outcome.clearing).toBe(errorsTo + cleared * tier.everyMs);
      }
    },
  );
});

test('200 random traces fire and clear within one evaluation of the closed form', () => {
  const random = seededRandom(17);
  const wrong: OracleOutcome[] = [];
  const seen = new Set<string>();
  for (let count = 0; count < 200; count += 1) {
    const outcome = oracleCase(random);
    seen.add(`${outcome.trace.tier.name} ${outcome.firing !== null}`);
    if (!outcome.withinOneEvaluation) {
      wrong.push(outcome);
    }
  }
  expect(wrong).toEqual([]);
  // Tiers that fire and tiers that do not, of every kind: only the slowest fires at every ratio.
  expect(seen.size).toBe(7);
});
