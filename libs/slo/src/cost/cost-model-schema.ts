import { z } from 'zod';
import { durationWithin, matchField, metricField } from '../condition/metric-fields.js';
import { expected, expectedMap } from '../field-errors.js';
import { identityFields, ruleMetadata } from '../metric-monitor/rule-metadata.js';
import type { CostGuardrail, CostModel, CountSource, Price, UsageSource } from './cost-model.js';

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;

const priceMessage = expected('a price: a number above 0');
const priceField = z.number({ error: priceMessage }).positive({ error: priceMessage });
const amountMessage = expected(
  'a number above 0, {gauge: METRIC, match}, or {distinct: LABEL, metric: METRIC, match}',
);
const countMessage = expected('{metric: COUNTER, match}, or {histogram: METRIC, match}');

const usageField = z.union(
  [
    z
      .number()
      .positive()
      .transform((amount): UsageSource => ({ kind: 'fixed', amount })),
    z
      .strictObject({ gauge: metricField, match: matchField })
      .transform(({ gauge, match }): UsageSource => ({ kind: 'gauge', selector: { metric: gauge, match } })),
    z
      .strictObject({ distinct: z.string().min(1), metric: metricField, match: matchField })
      .transform(({ distinct, metric, match }): UsageSource => ({
        kind: 'distinct',
        label: distinct,
        selector: { metric, match },
      })),
  ],
  { error: amountMessage },
);

const countField = z.union(
  [
    z
      .strictObject({ metric: metricField, match: matchField })
      .transform(({ metric, match }): CountSource => ({ kind: 'counter', selector: { metric, match } })),
    z
      .strictObject({ histogram: metricField, match: matchField })
      .transform(({ histogram, match }): CountSource => ({
        kind: 'histogram',
        selector: { metric: histogram, match },
      })),
  ],
  { error: countMessage },
);

const PRICES = ['perInstanceHour', 'perGpuHour', 'perToken'] as const;
const PRICE_FORMS =
  '{perInstanceHour, instances}, {perGpuHour, gpus} or {perToken: {input: PRICE, …}, tokens: {input: {metric: COUNTER}, …}}';

const priceSchema = z
  .strictObject(
    {
      perInstanceHour: priceField.optional(),
      instances: usageField.optional(),
      perGpuHour: priceField.optional(),
      gpus: usageField.optional(),
      perToken: z
        .record(z.string(), priceField, { error: expected('a map from a kind of token to its price') })
        .optional(),
      tokens: z
        .record(z.string(), countField, { error: expected('a map from a kind of token to its counter') })
        .optional(),
    },
    { error: expectedMap(PRICE_FORMS) },
  )
  .transform((written, context): Price => {
    const named = PRICES.filter((key) => written[key] !== undefined);
    const { perInstanceHour, instances, perGpuHour, gpus, perToken, tokens } = written;
    const stray = Object.keys(written).length !== 2 * named.length;
    if (named.length === 1 && !stray) {
      if (perInstanceHour !== undefined && instances !== undefined) {
        return { kind: 'time', unit: 'instance', perHour: perInstanceHour, usage: instances };
      }
      if (perGpuHour !== undefined && gpus !== undefined) {
        return { kind: 'time', unit: 'GPU', perHour: perGpuHour, usage: gpus };
      }
      const kinds = Object.keys(perToken ?? {});
      if (perToken !== undefined && tokens !== undefined && kinds.length > 0 && sameKeys(perToken, tokens)) {
        return {
          kind: 'tokens',
          tokens: Object.entries(tokens).map(([name, source]) => ({
            name,
            price: perToken[name] ?? 0,
            source,
          })),
        };
      }
    }
    context.addIssue(
      `must be ${PRICE_FORMS}: one price with its usage, and the same kinds of tokens in both maps`,
    );
    return z.NEVER;
  });

function sameKeys(left: object, right: object): boolean {
  return JSON.stringify(Object.keys(left).sort()) === JSON.stringify(Object.keys(right).sort());
}

const inferencesMessage = expected('a whole number of at least 1');
const guardrailField = z
  .strictObject(
    {
      perThousand: priceField.optional(),
      perDay: priceField.optional(),
      window: durationWithin(10 * MINUTE_MS, 30 * DAY_MS, 'from 10m to 30d').default(60 * MINUTE_MS),
      hold: durationWithin(0, 7 * DAY_MS, 'from 0s to 7d').default(0),
      keepFiring: durationWithin(0, 7 * DAY_MS, 'from 0s to 7d').optional(),
      minimumInferences: z
        .int({ error: inferencesMessage })
        .min(1, { error: inferencesMessage })
        .default(1_000),
    },
    { error: expectedMap('a map with perThousand or perDay') },
  )
  .transform(
    ({ perThousand, perDay, window, hold, keepFiring, minimumInferences }, context): CostGuardrail => {
      if ((perThousand === undefined) === (perDay === undefined)) {
        context.addIssue('must hold one of perThousand and perDay');
        return z.NEVER;
      }
      return {
        per: perThousand === undefined ? 'day' : 'thousand',
        limit: perThousand ?? perDay ?? 0,
        windowMs: window,
        holdMs: hold,
        keepFiringMs: keepFiring ?? null,
        minimumInferences,
      };
    },
  );

const currencyMessage = expected('the code of a currency, such as USD');

/** A document of kind CostModel. */
export const costModelSchema: z.ZodType<CostModel> = z
  .strictObject({
    apiVersion: z.literal('tidewatch.dev/v1'),
    kind: z.literal('CostModel'),
    metadata: ruleMetadata,
    spec: z.strictObject(
      {
        ...identityFields,
        currency: z.string({ error: currencyMessage }).min(1, { error: currencyMessage }).default('USD'),
        price: priceSchema,
        inferences: countField,
        guardrail: guardrailField.optional(),
        every: durationWithin(MINUTE_MS, DAY_MS, 'from 1m to 1d').default(5 * MINUTE_MS),
      },
      { error: expectedMap('a map with price and inferences') },
    ),
  })
  .transform(({ metadata, spec: { every, guardrail, ...spec } }): CostModel => ({
    kind: 'CostModel',
    ...metadata,
    ...spec,
    guardrail: guardrail ?? null,
    everyMs: every,
  }));
