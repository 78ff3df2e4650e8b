import { expect, test } from '@jest/globals';
import { dkwHalfWidth, ksTwoSample } from '@tidewatch/stats';
import { FLEET } from '../fleet.js';
import { createRandom } from '../traffic/random.js';
import type { TrafficMood } from '../traffic/tabular-model.js';
import { drawPicture } from './draw-picture.js';
import type { Picture } from './draw-picture.js';
import { drawScene } from './scene.js';

const { samples } = FLEET.vision;
const SAMPLES = samples?.kind === 'image' ? samples : { perSecond: 0, history: { ms: 0, perSecond: 0 } };
const LIVE_DAY_SECONDS = 30;
const WINDOW_SECONDS = 120;
/** One false alarm in 30 d, a look every 10 s, a dozen tests. */
const ALPHA = 10 / (30 * 86_400) / 12;
const MINIMUM_EFFECT = 0.1;

/** Mean, standard deviation and mean squared step between neighbours of the green channel: brightness, contrast, sharpness. */
function measure({ data }: Picture): readonly [number, number, number] {
  const green = Array.from({ length: data.length / 3 }, (_, pixel) => data[3 * pixel + 1] ?? 0);
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const brightness = mean(green);
  const steps = green.slice(1).map((level, index) => (level - (green[index] ?? 0)) ** 2);
  return [brightness, Math.sqrt(mean(green.map((level) => (level - brightness) ** 2))), mean(steps)];
}

function draw(seed: number, count: number, mood: TrafficMood): (readonly [number, number, number])[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => measure(drawPicture(drawScene(random, mood))));
}

const BASELINE = draw(1, 3_600 * SAMPLES.history.perSecond, 'day');

/** What the monitor finds of each feature after `seconds` of evening: the lower end of the effect, and its p-value. */
function look(seconds: number, seed: number): { low: number; pValue: number }[] {
  const past = (WINDOW_SECONDS - LIVE_DAY_SECONDS - seconds) * SAMPLES.history.perSecond;
  const window = [
    ...draw(seed, past + LIVE_DAY_SECONDS * SAMPLES.perSecond, 'day'),
    ...draw(seed + 1, seconds * SAMPLES.perSecond, 'evening'),
  ];
  return [0, 1, 2].map((feature) => {
    const [before, after] = [BASELINE, window].map((side) =>
      Float64Array.from(side, (each) => each[feature] ?? NaN),
    );
    const { statistic, pValue } = ksTwoSample(after ?? [], before ?? []);
    return { low: statistic - dkwHalfWidth(window.length, BASELINE.length, 0.95), pValue };
  });
}

test('brightness, contrast and sharpness are all beyond what the rule asks after 20 s of evening', () => {
  for (const { low, pValue } of look(20, 10)) {
    expect(pValue).toBeLessThan(ALPHA / 1_000);
    expect(low).toBeGreaterThan(MINIMUM_EFFECT + 0.05);
  }
});

test('before the evening none of them raises anything', () => {
  for (const { low, pValue } of look(0, 20)) {
    expect(pValue).toBeGreaterThan(ALPHA);
    expect(low).toBeLessThan(MINIMUM_EFFECT);
  }
});
