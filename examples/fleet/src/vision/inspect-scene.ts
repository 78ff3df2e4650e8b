import type { Random } from '../traffic/random.js';
import { roundTo } from '../traffic/tabular-model.js';
import type { Scene } from './scene.js';

/** What the detector can answer. */
const CLASSES = ['empty', 'ok', 'scratch', 'dent'] as const;

/** What a classifier answers: its best class, how sure it is, and the score of every class. */
export interface Classification {
  readonly label: string;
  readonly score: number;
  readonly scores: Readonly<Record<string, number>>;
}

/** How strongly the right class stands out in a good picture, and in a dark and blurred one. */
const CLARITY = { windows: 4, dusk: 1.8, lamp: 1.8 } as const;
const DOUBT = 0.7;

/** The made-up detector of defects: it sees what there is, and the worse the picture, the less sure it is. */
export function inspectScene(scene: Scene, random: Random): Classification {
  const truth = scene.part === 'none' ? 'empty' : scene.defect === 'none' ? 'ok' : scene.defect;
  const weights = CLASSES.map((name) =>
    Math.exp((name === truth ? CLARITY[scene.light] : 0) + DOUBT * random.normal()),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const scores = CLASSES.map((name, index) => [name, roundTo((weights[index] ?? 0) / total, 4)] as const);
  const [label, score] = scores.reduce((best, each) => (each[1] > best[1] ? each : best));
  return { label, score, scores: Object.fromEntries(scores) };
}
