import type { TimeRange } from '@tidewatch/core';
import type { PreviousDecision } from '../verdict/decide.js';
import { judgeFindings, type Finding } from '../verdict/judge-findings.js';
import { listOf, onlyCountOf, shortNumber } from '../wording.js';
import type { EmbeddingMonitor } from './embedding-monitor.js';
import type { EmbeddingVerdict } from './embedding-verdict.js';
import type { FeatureEffect } from './feature-effects.js';
import type { EmbeddingMeasurements, EmbeddingOutcome } from './measure-embedding.js';
import type { EmbeddingEffect, MovedCluster } from './tests/embedding-test.js';
import { embeddingTests, type EmbeddingTestName } from './tests/index.js';

/** What a run of an embedding monitor is made of. */
export interface EmbeddingInput {
  readonly monitor: EmbeddingMonitor;
  readonly window: TimeRange;
  readonly baseline: { readonly name: string; readonly version: number };
  /** Vectors on both sides. */
  readonly n: number;
  readonly m: number;
  /** `null` while nothing could be measured; `problem` says why. */
  readonly measured: EmbeddingMeasurements | null;
  /** A sentence without its full stop; empty when all is well. */
  readonly problem: string;
  /** Whether the problem is an error, and not a lack of data. */
  readonly failed: boolean;
  /** Vectors of the window that were left out and why, a sentence without its full stop; empty for none. */
  readonly leftOut: string;
  readonly previous: ReadonlyMap<string, PreviousDecision>;
  readonly revised: boolean;
}

/** One finding with what its verdict adds. */
interface Found {
  readonly finding: Finding;
  readonly test: EmbeddingTestName | null;
  readonly feature: string;
  readonly clusters: readonly MovedCluster[];
  readonly examples: readonly string[];
}

/** Image features and clusters named in a ticket. */
const NAMED_FEATURES = 3;

/** Judges one window of an embedding monitor. Never throws: a test that failed is one verdict `error`. */
export function judgeEmbedding(input: EmbeddingInput): EmbeddingVerdict[] {
  const found = findingsOf(input);
  const verdicts = judgeFindings(
    input,
    found.map(({ finding }) => finding),
  );
  const embedded = verdicts.map((verdict, index): EmbeddingVerdict => {
    const { test, feature, clusters, examples } = found[index]!;
    return {
      ...verdict,
      embedding: input.monitor.embedding,
      embeddingTest: test,
      feature,
      variable: '',
      segment: '',
      clusters,
      examples,
    };
  });
  return withNote(embedded);
}

function findingsOf(input: EmbeddingInput): Found[] {
  const { monitor, measured, n, m } = input;
  const about = { title: monitor.embedding, n, m, certain: false, compared: true, effectName: '' } as const;
  if (measured === null || n < monitor.minimumSamples || m < monitor.minimumSamples) {
    const finding: Finding = {
      ...about,
      subject: `${monitor.embedding}/vectors`,
      measure: 'vectors',
      measured: null,
      finding: input.problem === '' ? tooFew(input) : input.problem,
      failed: input.failed,
    };
    return [{ finding, test: null, feature: '', clusters: [], examples: [] }];
  }
  const tests = (Object.keys(embeddingTests) as EmbeddingTestName[]).flatMap((name) => {
    const settings = monitor.tests[name];
    const outcome = measured.tests[name];
    return settings === null || outcome === undefined ? [] : [testFound(input, name, outcome)];
  });
  const features = measured.features.map((effect) => featureFound(input, effect));
  return [...tests, ...features, ...leftOut(input)];
}

/** Vectors that could not be compared are told of beside those that were. */
function leftOut({ monitor, n, m, leftOut: finding }: EmbeddingInput): Found[] {
  const about = {
    subject: `${monitor.embedding}/left-out`,
    title: `${monitor.embedding} vectors left out`,
    ...{ measure: 'vectors', measured: null, certain: false, compared: true, effectName: '' },
  };
  return finding === ''
    ? []
    : [{ finding: { ...about, n, m, finding }, test: null, feature: '', clusters: [], examples: [] }];
}

function testFound(
  { monitor, n, m }: EmbeddingInput,
  name: EmbeddingTestName,
  outcome: EmbeddingOutcome,
): Found {
  const { label, effectName } = embeddingTests[name];
  const effect = 'statistic' in outcome ? outcome : null;
  const minimumEffect = monitor.tests[name]?.minimumEffect ?? 0;
  const finding: Finding = {
    subject: `${monitor.embedding}/${name}`,
    title: `${monitor.embedding} ${label}`,
    measure: name,
    effectName,
    n: effect?.n ?? n,
    m: effect?.m ?? m,
    measured: effect === null ? null : { ...numbersOf(effect), minimumEffect },
    certain: false,
    compared: true,
    finding: effect?.finding ?? `the test by ${label} could not be made: ${lackOf(outcome)}`,
    failed: 'failed' in outcome,
  };
  return {
    finding,
    test: name,
    feature: '',
    clusters: effect?.clusters ?? [],
    examples: effect?.examples ?? [],
  };
}

function featureFound({ monitor }: EmbeddingInput, effect: FeatureEffect): Found {
  const finding: Finding = {
    subject: `${monitor.embedding}/feature:${effect.feature}`,
    title: `${monitor.embedding} ${effect.feature}`,
    measure: 'ks',
    effectName: 'the KS distance D',
    n: effect.n,
    m: effect.m,
    measured: { ...numbersOf(effect), minimumEffect: monitor.features?.minimumEffect ?? 0 },
    certain: false,
    compared: true,
    finding: effect.finding,
  };
  return { finding, test: null, feature: effect.feature, clusters: [], examples: [] };
}

function numbersOf({ statistic, low, high, pValue, method }: EmbeddingEffect | FeatureEffect) {
  return { statistic, low, high, pValue, method };
}

function lackOf(outcome: EmbeddingOutcome): string {
  const text = 'failed' in outcome ? outcome.failed : 'missing' in outcome ? outcome.missing : '';
  return text.replace(/\.$/, '');
}

function tooFew({ monitor, n, m }: EmbeddingInput): string {
  const least = monitor.minimumSamples;
  return n < least
    ? `the window has ${onlyCountOf(n, 'vector')} of "${monitor.embedding}", and the rule asks for ${least}`
    : `the baseline has ${onlyCountOf(m, 'vector')} of "${monitor.embedding}", and the rule asks for ${least}`;
}

/** The alarms about the vectors say which image features changed most and which cluster moved. */
function withNote(verdicts: EmbeddingVerdict[]): EmbeddingVerdict[] {
  const changed = verdicts
    .filter(
      ({ feature, conditions }) =>
        feature !== '' && conditions.significant === true && conditions.large === true,
    )
    .sort((a, b) => (b.statistic ?? 0) - (a.statistic ?? 0))
    .slice(0, NAMED_FEATURES)
    .map(({ feature, statistic }) => `${feature} (D = ${shortNumber(statistic ?? 0)})`);
  const [moved] = verdicts.flatMap(({ clusters, conditions }) =>
    conditions.significant === true ? clusters : [],
  );
  const sentences = [
    changed.length === 0 ? '' : `Image features that changed most: ${listOf(changed, NAMED_FEATURES)}.`,
    moved === undefined ? '' : clusterSentence(moved),
  ].filter((sentence) => sentence !== '');
  return sentences.length === 0
    ? verdicts
    : verdicts.map((verdict) =>
        verdict.state === 'alarm' ? { ...verdict, note: sentences.join(' ') } : verdict,
      );
}

function clusterSentence({ cluster, share, referenceShare, examples: [first] }: MovedCluster): string {
  const percent = (value: number): string => `${shortNumber(100 * value)} %`;
  const example = first === undefined ? '' : `, such as prediction ${first}`;
  return `Cluster ${cluster} ${share > referenceShare ? 'grew' : 'shrank'} from ${percent(referenceShare)} to ${percent(share)} of the vectors${example}.`;
}
