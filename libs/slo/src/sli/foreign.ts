import { sourcesOf, type ForeignSource, type Indicator, type Source } from './indicator.js';
import { defineSliKind } from './sli-kind.js';
import type { ForeignSli } from './sli-types.js';

/** Another system's source. It loads, so that documents can be shared with other tools, and is never evaluated. */
export const foreignKind = defineSliKind({
  kind: 'foreign',
  fits: (indicator: Indicator): indicator is Indicator =>
    sourcesOf(indicator).every((source) => source.kind === 'foreign'),
  resolve: (indicator, { op, value }): ForeignSli => ({
    kind: 'foreign',
    sourceType: (sourcesOf(indicator)[0] as ForeignSource).type,
    written: {
      spec: write(indicator),
      ...(indicator.form === 'threshold' && op !== undefined ? { op } : {}),
      ...(indicator.form === 'threshold' && value !== undefined ? { value } : {}),
    },
  }),
  write: ({ sourceType, written }) => written ?? { spec: unknownSource(sourceType) },
});

/** Of a source whose query nobody wrote down only the type can be told. */
function unknownSource(type: string): Readonly<Record<string, unknown>> {
  const raw = { metricSource: { type, spec: { query: '' } } };
  return { ratioMetric: { raw, rawType: 'success' } };
}

function write(indicator: Indicator): Readonly<Record<string, unknown>> {
  const side = (key: string, source: Source | null) =>
    source?.kind === 'foreign' ? { [key]: { metricSource: { type: source.type, spec: source.spec } } } : {};
  switch (indicator.form) {
    case 'threshold':
      return side('thresholdMetric', indicator.metric);
    case 'raw':
      return {
        ratioMetric: {
          ...counter(indicator.counter),
          ...side('raw', indicator.raw),
          rawType: indicator.rawType,
        },
      };
    case 'ratio':
      return {
        ratioMetric: {
          ...counter(indicator.counter),
          ...side('good', indicator.good),
          ...side('bad', indicator.bad),
          ...side('total', indicator.total),
        },
      };
  }
}

function counter(value: boolean | undefined): { readonly counter?: boolean } {
  return value === undefined ? {} : { counter: value };
}
