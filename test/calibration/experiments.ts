import { ownRule, ownRuleAtOnce } from './own-rule.js';
import { peerRules } from './peer-rules.js';
import type { CurrentFeature, PreparedRule, ReferenceFeature, Rule } from './rule.js';
import { currentFeature, referenceFeature, valueSource, type Change, type Shape } from './streams.js';

/** How much is simulated. */
export interface Effort {
  readonly windows: number;
  readonly days: number;
  readonly features: number;
  readonly runs: number;
}

/** What the page is made by, and what the tests take: a few seconds. */
export const FULL: Effort = { windows: 500, days: 30, features: 10, runs: 40 };
export const SHORT: Effort = { windows: 60, days: 2, features: 3, runs: 6 };

const REFERENCE_SIZE = 10_000;
const SMALL_REFERENCE = 1_000;
const MINUTE = 60_000;
const STEP = 5 * MINUTE;
const STEPS_PER_WINDOW = 12;
const STEPS_PER_DAY = 288;

/** A number per rule. */
export type ByRule = Readonly<Record<string, number>>;

/** Rules that judge a window by itself. */
const SINGLE: readonly Rule[] = [ownRuleAtOnce, ...peerRules];
/** Rules as they run: evaluated every five minutes. */
const RUNNING: readonly Rule[] = [ownRule, ...peerRules];

export const SINGLE_NAMES = SINGLE.map(({ name }) => name);
export const RUNNING_NAMES = RUNNING.map(({ name }) => name);
export const RULE_TEXTS = [ownRule, ...peerRules].map(({ name, text }) => [name, text] as const);

/** `Evidently` decides by the size of the baseline which of its rules is in force. */
function sizeOf(rule: Rule): number {
  return rule.name === 'Evidently, small baseline' ? SMALL_REFERENCE : REFERENCE_SIZE;
}

/** Share of windows without drift that each rule flags: independent values, one feature. */
export function flaggedWindows(shape: Shape, windowSize: number, { windows }: Effort, seed: number): ByRule {
  const rules = prepare(SINGLE, [shape], windowSize, seed);
  const next = valueSource(shape, 0, seed + 1_000);
  const flagged = new Map<string, number>();
  for (let window = 0; window < windows; window += 1) {
    const current = [
      currentFeature(
        shape,
        Float64Array.from({ length: windowSize }, () => next()),
      ),
    ];
    for (const { name, prepared } of rules) {
      prepared.reset();
      if (prepared.flags(current, STEP)[0] === true) {
        flagged.set(name, (flagged.get(name) ?? 0) + 1);
      }
    }
  }
  return Object.fromEntries(rules.map(({ name }) => [name, (flagged.get(name) ?? 0) / windows]));
}

/** Rules with their baselines; those with baselines of one size share it. */
function prepare(
  rules: readonly Rule[],
  shapes: readonly Shape[],
  windowSize: number,
  seed: number,
): { readonly name: string; readonly prepared: PreparedRule }[] {
  const bySize = new Map<number, readonly ReferenceFeature[]>();
  return rules.map((rule) => {
    const size = sizeOf(rule);
    const reference =
      bySize.get(size) ?? shapes.map((shape, index) => referenceFeature(shape, size, seed + index));
    bySize.set(size, reference);
    return { name: rule.name, prepared: rule.prepare(reference, windowSize) };
  });
}

/** What a rule did over a stretch of time. */
export interface StreamOutcome {
  /** Times at which the rule goes off for a model that was calm, per 30 days. */
  readonly episodes: number;
  /** Share of evaluations in which it is off. */
  readonly flagged: number;
}

/** A stream of several features, judged every five minutes over the last hour, without drift. */
export function runStream(
  { rho, perStep }: { readonly rho: number; readonly perStep: number },
  { days, features }: Effort,
  seed: number,
): Readonly<Record<string, StreamOutcome>> {
  // Every third feature is skewed, every third has categories.
  const shapes = Array.from(
    { length: features },
    (_, i) => (['normal', 'lognormal', 'categories'] as const)[i % 3]!,
  );
  const states = prepare(RUNNING, shapes, perStep * STEPS_PER_WINDOW, seed).map((rule) => ({
    ...rule,
    off: false,
    episodes: 0,
    flagged: 0,
  }));
  const stream = new WindowStream(shapes, { rho, perStep }, seed + 10_000);
  let evaluations = 0;
  for (let step = 1; step <= days * STEPS_PER_DAY; step += 1) {
    stream.advance(() => ({}));
    if (step < STEPS_PER_WINDOW) {
      continue;
    }
    evaluations += 1;
    const current = stream.window();
    for (const state of states) {
      const off = state.prepared.flags(current, step * STEP).some(Boolean);
      state.episodes += off && !state.off ? 1 : 0;
      state.flagged += off ? 1 : 0;
      state.off = off;
    }
  }
  return Object.fromEntries(
    states.map(({ name, episodes, flagged }) => [
      name,
      { episodes: (episodes * 30) / days, flagged: flagged / evaluations },
    ]),
  );
}

/**
 * Share of runs in which a drift of one feature is flagged within two windows of its beginning; the other features stay as
 * they are.
 */
export function detected(
  { shape, change, perStep }: { readonly shape: Shape; readonly change: Change; readonly perStep: number },
  { runs, features }: Effort,
  seed: number,
): ByRule {
  const shapes: Shape[] = [shape, ...Array.from({ length: features - 1 }, () => 'normal' as const)];
  const hits: Record<string, number> = Object.fromEntries(RUNNING_NAMES.map((name) => [name, 0]));
  for (let run = 0; run < runs; run += 1) {
    const base = seed + 1_000 * run;
    const rules = prepare(RUNNING, shapes, perStep * STEPS_PER_WINDOW, base);
    const stream = new WindowStream(shapes, { rho: 0, perStep }, base + 500);
    const found = new Set<string>();
    for (let step = 1; step <= 3 * STEPS_PER_WINDOW; step += 1) {
      stream.advance((feature) => (feature === 0 && step > STEPS_PER_WINDOW ? change : {}));
      if (step <= STEPS_PER_WINDOW) {
        continue;
      }
      const current = stream.window();
      for (const { name, prepared } of rules) {
        if (prepared.flags(current, step * STEP)[0] === true) {
          found.add(name);
        }
      }
    }
    found.forEach((name) => (hits[name]! += 1));
  }
  return Object.fromEntries(Object.entries(hits).map(([name, count]) => [name, count / runs]));
}

/** Features whose values arrive step by step, and the window over the last hour of them. */
class WindowStream {
  private readonly shapes: readonly Shape[];
  private readonly perStep: number;
  private readonly sources: readonly ((change?: Change) => number)[];
  private readonly steps: Float64Array[][];

  constructor(
    shapes: readonly Shape[],
    { rho, perStep }: { readonly rho: number; readonly perStep: number },
    seed: number,
  ) {
    this.shapes = shapes;
    this.perStep = perStep;
    this.sources = shapes.map((shape, index) => valueSource(shape, rho, seed + index));
    this.steps = shapes.map(() => []);
  }

  advance(change: (feature: number) => Change): void {
    this.sources.forEach((next, feature) => {
      const steps = this.steps[feature]!;
      const changed = change(feature);
      steps.push(Float64Array.from({ length: this.perStep }, () => next(changed)));
      if (steps.length > STEPS_PER_WINDOW) {
        steps.shift();
      }
    });
  }

  window(): CurrentFeature[] {
    return this.steps.map((steps, feature) => {
      const values = new Float64Array(steps.length * this.perStep);
      steps.forEach((step, index) => values.set(step, index * this.perStep));
      return currentFeature(this.shapes[feature]!, values);
    });
  }
}
