/**
 * Where the values of a variable come from.
 *
 * - `feature`: an input of the model.
 * - `output`: what the model answered, or what follows from it (see {@link OUTPUTS}).
 * - `truth`: the label or value that became known later.
 * - `attribution`: how much an input contributed to the answer.
 * - `metric`: an OTLP histogram.
 */
export type VariableSource = 'feature' | 'output' | 'truth' | 'attribution' | 'metric';

/** Something whose distribution is watched. */
export interface Variable {
  readonly source: VariableSource;
  readonly name: string;
}

/** Kinds of distribution. Booleans are categories `true` and `false`. */
export type VariableType = 'numeric' | 'categorical';

/** What can be derived from a prediction, and of which type it is. */
export const OUTPUTS = {
  /** The predicted class. */
  label: 'categorical',
  score: 'numeric',
  value: 'numeric',
  /** The largest of the class scores; the score where there are none. */
  confidence: 'numeric',
  /** Detected objects per frame. */
  boxes: 'numeric',
  /** Class mix: the class of every detected object. */
  box_label: 'categorical',
  /** Score of every detected object. */
  box_score: 'numeric',
  /** Candidates rejected of all candidates of a frame. */
  reject_share: 'numeric',
} as const satisfies Readonly<Record<string, VariableType>>;

/** The two forms of ground truth. */
export const TRUTHS = { label: 'categorical', value: 'numeric' } as const satisfies Readonly<
  Record<string, VariableType>
>;

const PREFIXED = /^(output|truth|attribution|metric):(.+)$/s;

/** How rules, tables and verdicts name a variable: a feature by its name, others as `output:score`. */
export function variableId({ source, name }: Variable): string {
  // A feature whose own name looks like a prefix keeps one of its own, so that no two variables share an id.
  return source === 'feature'
    ? PREFIXED.test(name) || name.startsWith('feature:')
      ? `feature:${name}`
      : name
    : `${source}:${name}`;
}

/** The variable that {@link variableId} gave `id` for. */
export function variableOf(id: string): Variable {
  if (id.startsWith('feature:')) {
    return { source: 'feature', name: id.slice('feature:'.length) };
  }
  const [, source, name] = PREFIXED.exec(id) ?? [];
  return source === undefined || name === undefined
    ? { source: 'feature', name: id }
    : { source: source as VariableSource, name };
}
