import { z } from 'zod';
import { expected, expectedMap } from '../field-errors.js';
import { nameSchema } from '../metadata.js';
import type { Indicator, RatioIndicator, VerdictSource } from './indicator.js';
import { defineSliKind, writeSource, type SliFault } from './sli-kind.js';
import type { VerdictSli } from './sli-types.js';

/** `{verdicts: {monitor, subject, state}}` of a `metricSource`. */
export const verdictSourceSchema = z
  .strictObject(
    {
      verdicts: z.strictObject(
        {
          monitor: nameSchema,
          subject: z.string({ error: expected('text') }).default(''),
          state: z
            .literal('alarm', { error: expected('alarm, for the bad ones, or left out for all') })
            .optional(),
        },
        { error: expectedMap('a map with monitor and, for one subject of it, subject') },
      ),
    },
    { error: expectedMap('a map with verdicts') },
  )
  .transform(({ verdicts: { monitor, subject, state } }): VerdictSource => ({
    kind: 'verdicts',
    monitor,
    subject,
    alarms: state === 'alarm',
  }));

interface VerdictRatio extends RatioIndicator {
  readonly good: VerdictSource | null;
  readonly bad: VerdictSource | null;
  readonly total: VerdictSource;
}

const BAD_FORM =
  'must repeat the monitor and subject of total, with state: alarm; or leave it out, which means the same';

/** A `ratioMetric` over the verdicts of a monitor, of which alarms are bad. */
export const verdictKind = defineSliKind({
  kind: 'verdicts',
  fits: (indicator: Indicator): indicator is VerdictRatio =>
    indicator.form === 'ratio' && indicator.total.kind === 'verdicts',
  resolve: ({ total, good, bad }): VerdictSli | readonly SliFault[] => {
    const faults: SliFault[] = [];
    const fault = (path: readonly string[], message: string) =>
      faults.push({ at: 'indicator', path, message });
    if (total.alarms) {
      fault(
        ['total', 'metricSource', 'spec', 'verdicts', 'state'],
        'belongs to bad: total holds all verdicts of the monitor',
      );
    }
    if (good !== null) {
      fault(
        ['good'],
        'must be left out: of the verdicts of a monitor the alarms are bad, and all others good',
      );
    }
    if (bad !== null && !(bad.alarms && bad.monitor === total.monitor && bad.subject === total.subject)) {
      fault(['bad', 'metricSource', 'spec', 'verdicts'], BAD_FORM);
    }
    return faults.length > 0 ? faults : { kind: 'verdicts', monitor: total.monitor, subject: total.subject };
  },
  write: ({ monitor, subject }) => {
    const verdicts = { monitor, ...(subject === '' ? {} : { subject }) };
    return {
      spec: {
        ratioMetric: {
          counter: true,
          bad: writeSource({ verdicts: { ...verdicts, state: 'alarm' } }),
          total: writeSource({ verdicts }),
        },
      },
    };
  },
});
