import type { Random } from './random.js';

/** One stage of a request, with the log-normal law of the time it takes. */
export interface StageProfile {
  readonly name: string;
  readonly medianSeconds: number;
  readonly sigma: number;
}

/** How requests arrive at a service, how long they take and how often they fail. */
export interface TrafficProfile {
  readonly requestsPerSecond: number;
  readonly stages: readonly StageProfile[];
  /** Share of requests that fail, 0 to 1. */
  readonly errorShare: number;
  /** The values of `error.type` with their weights. */
  readonly errorTypes: readonly (readonly [string, number])[];
  /** Extra time a failing request spends in its `model` stage (log-normal, sigma 0.3); 0 = it fails fast. */
  readonly failureSeconds: number;
  /** Share of requests that lose one to three video frames, 0 to 1. */
  readonly frameDropShare: number;
}

/** One request that was answered (or failed) at `at`. */
export interface SimulatedRequest {
  /** When the answer left, in milliseconds since the epoch, with fractions. */
  readonly at: number;
  /** Time spent in each stage of the profile, in its order. */
  readonly stageSeconds: readonly number[];
  readonly durationSeconds: number;
  /** `error.type`, or null when the request succeeded. */
  readonly errorType: string | null;
  readonly framesDropped: number;
}

/** Spread of {@link TrafficProfile.failureSeconds}. */
const FAILURE_SIGMA = 0.3;

/**
 * Draws the requests answered in [from, to), in order of time.
 *
 * Arrivals are a Poisson process. It has no memory, so drawing [a, b) and then [b, c) is the same as drawing [a, c):
 * history and live traffic join without a seam wherever one is cut off.
 */
export function drawRequests(
  profile: TrafficProfile,
  random: Random,
  from: number,
  to: number,
): SimulatedRequest[] {
  const requests: SimulatedRequest[] = [];
  const meanGapMs = 1_000 / profile.requestsPerSecond;
  for (let at = from + random.exponential(meanGapMs); at < to; at += random.exponential(meanGapMs)) {
    requests.push(drawRequest(profile, random, at));
  }
  return requests;
}

function drawRequest(profile: TrafficProfile, random: Random, at: number): SimulatedRequest {
  const failed = random.chance(profile.errorShare);
  const slow =
    failed && profile.failureSeconds > 0 ? random.logNormal(profile.failureSeconds, FAILURE_SIGMA) : 0;
  let durationSeconds = 0;
  const stageSeconds = profile.stages.map((stage) => {
    const seconds = random.logNormal(stage.medianSeconds, stage.sigma) + (stage.name === 'model' ? slow : 0);
    durationSeconds += seconds;
    return seconds;
  });
  return {
    at,
    stageSeconds,
    durationSeconds,
    errorType: failed ? random.pick(profile.errorTypes) : null,
    framesDropped: random.chance(profile.frameDropShare) ? 1 + Math.floor(random.uniform() * 3) : 0,
  };
}

/** Mean duration of a request in seconds; the mean of a log-normal is its median times e^(sigma²/2). */
export function meanDurationSeconds(profile: TrafficProfile): number {
  const stages = profile.stages.reduce(
    (sum, stage) => sum + stage.medianSeconds * Math.exp(stage.sigma ** 2 / 2),
    0,
  );
  return stages + profile.errorShare * profile.failureSeconds * Math.exp(FAILURE_SIGMA ** 2 / 2);
}
