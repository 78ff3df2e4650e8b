import { AppError } from '@tidewatch/core';
import { providerProblem } from './provider-problem.js';
import { type Provider, type ProviderReport, PROVIDERS, type RejectedProvider } from './provider-report.js';

/** A model on a provider. */
export interface Trial {
  /** Does a little work, to see that it can. */
  check(): Promise<void>;
  /** Works on one batch that is like those to come: what providers are measured by. */
  run(): Promise<void>;
  release(): Promise<void>;
}

/** What is to be chosen from, and how. */
export interface ProviderChoice<T extends Trial> {
  readonly wanted: Provider | 'auto';
  /** Not to be tried, and why. */
  readonly excluded: readonly RejectedProvider[];
  /** What an earlier process settled on. */
  readonly settled: ProviderReport | null;
  /** Why a provider cannot be used, when that is known without trying. */
  readonly unavailable: (provider: Provider) => string | null;
  /** Loads the model on a provider. */
  readonly open: (provider: Provider) => Promise<T>;
  /** Told before a provider is tried, and with `null` afterwards: trying may end the process. */
  readonly trying: (provider: Provider | null) => Promise<void>;
  readonly device: (provider: Provider) => string;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
}

/** What was chosen. */
export interface ChosenProvider<T extends Trial> {
  readonly trial: T;
  readonly report: ProviderReport;
}

const WARM_UP_RUNS = 2;
const FEWEST_RUNS = 3;
const MOST_RUNS = 9;
const MEASURE_MS = 1000;
const FAR_SLOWER = 4;
/** In a first run shaders may be built, but not for so long. */
const LONG_RUN_MS = 2000;
/** A card is taken when it is at least this much faster: else what it measured may be the processor, to which it falls back. */
const FASTER_THAN_CPU = 0.95;

/**
 * The provider that a model runs on. `auto` takes the first of `cuda`, `webgpu` that works and is faster than the processor,
 * else the processor; each better one that is not taken is reported with the reason.
 *
 * @throws AppError `encoder.provider` when the one that is wanted by name does not work; what `open` throws when the
 * processor cannot run the model
 */
export async function chooseProvider<T extends Trial>(choice: ProviderChoice<T>): Promise<ChosenProvider<T>> {
  const { wanted, settled } = choice;
  if (wanted !== 'auto') {
    const outcome = await attempt(choice, wanted);
    if ('reason' in outcome) {
      throw wantedDoesNotWork(wanted, outcome);
    }
    return { trial: outcome.trial, report: report(choice, wanted, []) };
  }
  if (settled !== null) {
    const outcome = await attempt(choice, settled.provider);
    if ('trial' in outcome) {
      return { trial: outcome.trial, report: settled };
    }
  }
  return chooseFastest(choice);
}

async function chooseFastest<T extends Trial>(choice: ProviderChoice<T>): Promise<ChosenProvider<T>> {
  const rejected: RejectedProvider[] = [];
  const worthTrying: Provider[] = [];
  for (const provider of PROVIDERS) {
    const reason = provider === 'cpu' ? null : knownReason(choice, provider);
    if (reason !== null) {
      rejected.push({ provider, reason });
    } else if (provider !== 'cpu') {
      worthTrying.push(provider);
    }
  }
  // The processor first: a model that it cannot run is no reason to blame a card.
  const cpu = await attempt(choice, 'cpu');
  if ('reason' in cpu) {
    throw cpu.error;
  }
  const cpuMs = worthTrying.length === 0 ? 0 : await measure(cpu.trial, choice.now);
  for (const provider of worthTrying) {
    const outcome = await attempt(choice, provider, cpuMs);
    if ('trial' in outcome) {
      await cpu.trial.release();
      return { trial: outcome.trial, report: report(choice, provider, rejected) };
    }
    rejected.push({ provider, reason: outcome.reason });
  }
  return { trial: cpu.trial, report: report(choice, 'cpu', rejected) };
}

type Outcome<T> = { readonly trial: T } | { readonly reason: string; readonly error: unknown };

/** Opens a provider and runs a batch on it; with `cpuMs` it must also be faster than that. */
async function attempt<T extends Trial>(
  choice: ProviderChoice<T>,
  provider: Provider,
  cpuMs?: number,
): Promise<Outcome<T>> {
  const known = knownReason(choice, provider);
  if (known !== null) {
    return { reason: known, error: undefined };
  }
  await choice.trying(provider);
  let trial: T | undefined;
  try {
    trial = await choice.open(provider);
    await trial.check();
    if (cpuMs === undefined) {
      return { trial };
    }
    const tookMs = await measure(trial, choice.now, cpuMs);
    if (tookMs < cpuMs * FASTER_THAN_CPU) {
      return { trial };
    }
    const slower = `it took ${milliseconds(tookMs)} for a batch and the processor ${milliseconds(cpuMs)}`;
    await trial.release();
    return { reason: slower, error: undefined };
  } catch (error) {
    // What cannot be opened or run may not be released either; why is known already.
    await trial?.release().catch(() => undefined);
    return { reason: providerProblem(provider, error), error };
  } finally {
    await choice.trying(null);
  }
}

/** Median time of a batch. Measuring ends early when it is far above `againstMs`: a software driver may take seconds. */
async function measure(trial: Trial, now: () => number, againstMs = Infinity): Promise<number> {
  const times: number[] = [];
  const begin = now();
  for (let run = 0; run < WARM_UP_RUNS || !enough(times.length, now() - begin); run++) {
    const start = now();
    await trial.run();
    const tookMs = now() - start;
    if (run >= WARM_UP_RUNS) {
      times.push(tookMs);
    } else if ((run > 0 || tookMs > LONG_RUN_MS) && tookMs > againstMs * FAR_SLOWER) {
      return tookMs;
    }
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Infinity;
}

function enough(runs: number, elapsedMs: number): boolean {
  return runs >= FEWEST_RUNS && (runs >= MOST_RUNS || elapsedMs >= MEASURE_MS);
}

function knownReason<T extends Trial>(choice: ProviderChoice<T>, provider: Provider): string | null {
  const excluded = choice.excluded.find((each) => each.provider === provider);
  return excluded?.reason ?? choice.unavailable(provider);
}

function report<T extends Trial>(
  choice: ProviderChoice<T>,
  provider: Provider,
  rejected: readonly RejectedProvider[],
): ProviderReport {
  const inOrder = PROVIDERS.flatMap((each) => rejected.filter((one) => one.provider === each));
  return { provider, device: choice.device(provider), rejected: inOrder };
}

function wantedDoesNotWork(
  provider: Provider,
  { reason, error }: { reason: string; error: unknown },
): unknown {
  return provider === 'cpu' && error !== undefined
    ? error
    : new AppError({
        code: 'encoder.provider',
        message: `The model cannot run on ${provider}, which was asked for by name: ${reason}.`,
        hint: 'Install what is missing, or set provider: auto, which falls back to the processor.',
        cause: error,
      });
}

function milliseconds(value: number): string {
  return `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;
}
