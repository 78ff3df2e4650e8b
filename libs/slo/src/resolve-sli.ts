import type { Catalogue } from './catalogue.js';
import type { SloDocument } from './document.js';
import type { Findings } from './findings.js';
import type { Objective } from './objective.js';
import { sourcesOf, type Indicator, type Source } from './sli/indicator.js';
import { SLI_KINDS } from './sli/index.js';
import { OWN_TYPE, tidewatchSourceSchema, type ParsedSource } from './sli/metric-source-document.js';
import type { SliKind } from './sli/sli-kind.js';
import type { SliSpec } from './sli/sli-spec.js';
import type { Sli } from './sli/sli-types.js';

/** The documents around an indicator. */
export interface IndicatorPlace {
  readonly catalogue: Catalogue;
  /** The document that holds the indicator or names it. */
  readonly document: SloDocument;
  readonly findings: Findings;
  /** Where the indicator's `spec` is, or the reference to it. */
  readonly path: readonly PropertyKey[];
  /** The indicator stands elsewhere: `path` is all that can be said about where it is wrong. */
  readonly referenced: boolean;
}

/** What a source that fits no kind may be used for. */
const USES: Readonly<Record<Source['kind'], string>> = {
  metric:
    'a metric stands as good (or bad) and total of a ratioMetric, or as the histogram of a thresholdMetric: an averaged ratio says nothing about how many events it stands for',
  gauge: 'a gauge has levels and no events; it stands in a thresholdMetric, with budgetingMethod Timeslices',
  spans: 'spans stand as good (or bad) and total of a ratioMetric, or in a thresholdMetric',
  logs: 'log records stand as good (or bad) and total of a ratioMetric',
  predictions:
    'predictions stand as good (or bad) and total of a ratioMetric, or in a thresholdMetric; with mean only there',
  verdicts: 'verdicts stand as total of a ratioMetric',
  sql: 'a query stands as raw of a ratioMetric, with rawType, or in a thresholdMetric',
  foreign: 'all sources of an indicator must be of one system',
};

/** An indicator with the types of its sources found and their specifications read; `null` after a fault. */
function readIndicator(spec: SliSpec, place: IndicatorPlace): Indicator | null {
  const { thresholdMetric, ratioMetric } = spec;
  const read = (keys: readonly PropertyKey[], source: ParsedSource | undefined): Source | null =>
    source === undefined ? null : readSource(source, keys, place);
  if (thresholdMetric !== undefined) {
    const metric = read(['thresholdMetric'], thresholdMetric);
    return metric === null ? null : { form: 'threshold', metric };
  }
  if (ratioMetric?.raw !== undefined && ratioMetric.rawType !== undefined) {
    const raw = read(['ratioMetric', 'raw'], ratioMetric.raw);
    const { counter, rawType } = ratioMetric;
    return raw === null ? null : { form: 'raw', counter, raw, rawType };
  }
  const total = read(['ratioMetric', 'total'], ratioMetric?.total);
  const good = read(['ratioMetric', 'good'], ratioMetric?.good);
  const bad = read(['ratioMetric', 'bad'], ratioMetric?.bad);
  const isWhole =
    (ratioMetric?.good === undefined || good !== null) && (ratioMetric?.bad === undefined || bad !== null);
  return total === null || !isWhole
    ? null
    : { form: 'ratio', counter: ratioMetric?.counter, good, bad, total };
}

function readSource(
  parsed: ParsedSource,
  keys: readonly PropertyKey[],
  place: IndicatorPlace,
): Source | null {
  const { catalogue, document, findings } = place;
  const path = [...keys, 'metricSource'];
  const report = (kind: 'fault' | 'warn', inside: readonly PropertyKey[], message: string) => {
    // What can be used is told once, where it stands, and not at every reference to it.
    if (kind === 'fault' || !place.referenced) {
      findings[kind](...inPlace(place, [...path, ...inside], message));
    }
  };
  const named = parsed.ref === undefined ? undefined : catalogue.find('DataSource', parsed.ref);
  if (parsed.ref !== undefined && named === undefined) {
    // With a type the reference is not needed: it says where to connect, and Tidewatch does not.
    const kind = parsed.type === undefined ? 'fault' : 'warn';
    report(kind, ['metricSourceRef'], catalogue.unknown('DataSource', parsed.ref, document));
  }
  if (named !== undefined && parsed.type !== undefined && parsed.type !== named.type) {
    const message = `is ${parsed.type}, and the DataSource ${parsed.ref ?? ''} is of type ${named.type}; leave it out or make them agree`;
    report('fault', ['type'], message);
    return null;
  }
  const type = parsed.type ?? named?.type;
  if (type === undefined || parsed.source !== null) {
    return parsed.source;
  }
  if (type !== OWN_TYPE) {
    return { kind: 'foreign', type, spec: parsed.spec };
  }
  const read = tidewatchSourceSchema.safeParse(parsed.spec);
  for (const issue of read.error?.issues ?? []) {
    const messages =
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => [[...issue.path, key], 'is not a known key here'] as const)
        : [[issue.path, issue.message] as const];
    for (const [inside, message] of messages) {
      report('fault', ['spec', ...inside], message);
    }
  }
  return read.data ?? null;
}

/** An indicator and the kind of SLI that it is; `null` after a fault. */
export function identifyIndicator(
  spec: SliSpec,
  place: IndicatorPlace,
): { readonly indicator: Indicator; readonly kind: SliKind } | null {
  const indicator = readIndicator(spec, place);
  const kind = indicator === null ? undefined : kindOf(indicator);
  if (indicator === null || kind !== undefined) {
    return indicator === null || kind === undefined ? null : { indicator, kind };
  }
  const [first, ...others] = sourcesOf(indicator);
  const odd = others.find((each) => each.kind !== first.kind);
  const message =
    odd === undefined
      ? `cannot be used so: ${USES[first.kind]}`
      : `mixes ${first.kind} and ${odd.kind}: good (or bad) and total must come from one kind of source`;
  place.findings.fault(...inPlace(place, [formOf(indicator)], message));
  return null;
}

/** Joins an indicator with the objective that uses it; `null` after a fault. */
export function resolveSli(
  spec: SliSpec,
  objective: Objective,
  objectivePath: readonly PropertyKey[],
  place: IndicatorPlace,
): Sli | null {
  const identified = identifyIndicator(spec, place);
  if (identified === null) {
    return null;
  }
  const { indicator, kind } = identified;
  const { findings } = place;
  checkComparison(indicator, objective, objectivePath, findings);
  if (indicator.form === 'ratio' && indicator.good === null && indicator.bad === null) {
    const message =
      'has neither good nor bad, and OpenSLO asks for one: add bad, with the source of total and state: alarm';
    findings.extension(...inPlace(place, [formOf(indicator)], message));
  }
  const resolved = kind.resolve(indicator, objective);
  if ('kind' in resolved) {
    return resolved;
  }
  for (const fault of resolved) {
    if (fault.at === 'objective') {
      findings.fault([...objectivePath, fault.key], fault.message);
    } else {
      findings.fault(...inPlace(place, [formOf(indicator), ...fault.path], fault.message));
    }
  }
  return null;
}

function formOf({ form }: Indicator): 'thresholdMetric' | 'ratioMetric' {
  return form === 'threshold' ? 'thresholdMetric' : 'ratioMetric';
}

function kindOf(indicator: Indicator): SliKind | undefined {
  const [first, ...others] = sourcesOf(indicator);
  return others.some((each) => each.kind !== first.kind)
    ? undefined
    : (Object.values(SLI_KINDS) as SliKind[]).find((kind) => kind.fits(indicator));
}

/** `op` and `value` belong to a `thresholdMetric`. */
function checkComparison(
  indicator: Indicator,
  { op, value }: Objective,
  path: readonly PropertyKey[],
  findings: Findings,
): void {
  if (indicator.form === 'threshold') {
    if (indicator.metric.kind === 'foreign' && (op === undefined || value === undefined)) {
      const key = op === undefined ? 'op' : 'value';
      findings.tolerate([...path, key], 'is missing, and a thresholdMetric needs op and value');
    }
    return;
  }
  if (op !== undefined) {
    findings.tolerate(
      [...path, 'op'],
      'belongs to a thresholdMetric; a ratioMetric has nothing to compare, so it means nothing: leave it out',
    );
  }
  if (value !== undefined) {
    findings.fault(
      [...path, 'value'],
      'belongs to a thresholdMetric; a ratioMetric has no value to compare, so leave it out',
    );
  }
}

/** A finding about an indicator: in its place, or at the reference to it with the place named. */
function inPlace(
  { path, referenced }: IndicatorPlace,
  inside: readonly PropertyKey[],
  message: string,
): [readonly PropertyKey[], string] {
  return referenced
    ? [path, `leads to an SLI whose spec.${inside.join('.')} ${message}`]
    : [[...path, ...inside], message];
}
