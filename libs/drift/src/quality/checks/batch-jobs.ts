import { predictionTest, type PredictionTest } from '@tidewatch/stats';
import { CONFIDENCE } from '../../metrics/drift-metric.js';
import { countOf, durationText, onlyCountOf, shortNumber } from '../../wording.js';
import { ABOUT_SAMPLES, type CheckFinding, type QualityCheck } from '../check-finding.js';
import type { Measurement } from '../../verdict/judge-findings.js';
import { relativeChange } from '../relative-change.js';
import type { BatchJob, QualityInput } from '../quality-input.js';
import type { QualityChecks } from '../quality-monitor.js';
import { LEAST_HISTORY } from './volume.js';

type JobSettings = NonNullable<QualityChecks['jobs']>;

/**
 * The last batch job against those before it: how many samples it has, how long it took, and how late the next one is. A job is
 * over when another has begun, or when it has sent nothing for a whole window. Limits of the rule are certain; what is learned
 * is a prediction interval of the counts, and of the logarithms of times, which are as often twice as half as long.
 */
export const jobs: QualityCheck<'jobs'> = {
  name: 'jobs',
  label: 'batch job',
  needsBaseline: false,
  find: (input, settings) => {
    const finished = input.jobs.filter(
      ({ to }, index) => index < input.jobs.length - 1 || to < input.window.from,
    );
    const last = finished.at(-1);
    if (last === undefined) {
      return [];
    }
    const before = finished.slice(0, -1);
    return [
      records(last, before, settings),
      duration(last, before, settings),
      lateness(input, input.jobs, settings),
    ];
  },
};

function records(job: BatchJob, before: readonly BatchJob[], settings: JobSettings): CheckFinding {
  const about = { ...aboutJobs('records'), n: job.records, m: before.length };
  const effectName = "the relative change of the job's number of samples";
  const text = `job ${job.jobId} has ${countOf(job.records, 'sample')}`;
  if (settings.minimumRecords !== null) {
    const { minimumRecords } = settings;
    const lack = Math.max(0, 1 - job.records / minimumRecords);
    const finding = `${text}, and at least ${countOf(minimumRecords, 'sample')} are asked for`;
    return { ...about, effectName, certain: true, measured: limit(lack), finding };
  }
  const counts = before.map((each) => each.records);
  if (counts.length < LEAST_HISTORY) {
    return { ...about, effectName, certain: false, measured: null, finding: `${text}; ${tooFew(counts)}` };
  }
  const result = predictionTest(job.records, counts, CONFIDENCE, mean(counts));
  return {
    ...about,
    effectName,
    certain: false,
    measured: relativeChange(result, settings.minimumEffect),
    finding: `${text}, and those before had ${shortNumber(result.expected)} on average`,
  };
}

function duration(job: BatchJob, before: readonly BatchJob[], settings: JobSettings): CheckFinding {
  const about = { ...aboutJobs('duration'), n: job.records, m: before.length };
  const effectName = "the relative change of the job's duration";
  const took = Math.max(1, job.to - job.from);
  const text = `job ${job.jobId} took ${durationText(took)}`;
  if (settings.maximumDurationMs !== null) {
    const excess = Math.max(0, took / settings.maximumDurationMs - 1);
    const finding = `${text}, and ${durationText(settings.maximumDurationMs)} are allowed`;
    return { ...about, effectName, certain: true, measured: limit(excess), finding };
  }
  return {
    ...about,
    effectName,
    ...times(
      text,
      took,
      before.map(({ from, to }) => Math.max(1, to - from)),
      settings,
      'took',
    ),
  };
}

/** Nobody knows of a job that does not come but by the clock: the time since the last began against the times between. */
function lateness({ window }: QualityInput, all: readonly BatchJob[], settings: JobSettings): CheckFinding {
  const last = all.at(-1)!;
  const gaps = all.slice(1).map(({ from }, index) => Math.max(1, from - all[index]!.from));
  const about = { ...aboutJobs('lateness'), n: 1, m: gaps.length };
  const effectName = 'by how much the next job is late, relative to the time between jobs';
  const since = Math.max(1, window.to - last.from);
  const text = `the last job, ${last.jobId}, began ${durationText(since)} before the window's end`;
  if (settings.everyMs !== null) {
    const late = Math.max(0, since / settings.everyMs - 1);
    const finding = `${text}, and one is due every ${durationText(settings.everyMs)}`;
    return { ...about, effectName, certain: true, measured: limit(late, settings.minimumEffect), finding };
  }
  const learned = times(text, since, gaps, settings, 'came');
  // Not late yet is not early either.
  const early = learned.measured !== null && since <= mean(gaps);
  return {
    ...about,
    effectName,
    ...learned,
    measured: early ? { ...learned.measured, statistic: 0, low: 0, high: 0, pValue: 1 } : learned.measured,
  };
}

function times(
  text: string,
  ms: number,
  before: readonly number[],
  { minimumEffect }: JobSettings,
  verb: string,
): Pick<CheckFinding, 'measured' | 'finding' | 'certain'> & { readonly measured: Measurement | null } {
  if (before.length < LEAST_HISTORY) {
    return { measured: null, certain: false, finding: `${text}; ${tooFew(before)}` };
  }
  const result = predictionTest(Math.log(ms), before.map(Math.log), CONFIDENCE);
  return {
    measured: ratio(result, minimumEffect),
    certain: false,
    finding: `${text}, and those before ${verb} ${verb === 'took' ? '' : 'after '}${durationText(Math.exp(result.expected))}`,
  };
}

/** A difference of logarithms as the relative change that it is. */
function ratio({ difference, low, high, pValue }: PredictionTest, minimumEffect: number): Measurement {
  const longer = difference >= 0;
  const change = (log: number): number => Math.max(0, longer ? Math.expm1(log) : -Math.expm1(log));
  return {
    statistic: change(difference),
    low: change(longer ? low : high),
    high: change(longer ? high : low),
    pValue,
    method: 'prediction',
    minimumEffect,
  };
}

function limit(excess: number, minimumEffect = 0): Measurement {
  const p = excess > minimumEffect ? 0 : 1;
  return { statistic: excess, low: excess, high: excess, pValue: p, method: 'limit', minimumEffect };
}

function aboutJobs(about: string) {
  return { ...ABOUT_SAMPLES, about, title: `batch jobs, ${about}` };
}

function tooFew(before: readonly unknown[]): string {
  return `${onlyCountOf(before.length, 'job')} came before of the ${LEAST_HISTORY} that it takes to know what is usual`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
