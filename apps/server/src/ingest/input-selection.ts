import type { EncoderRule } from '@tidewatch/encoder';
import type { Prediction, SampleInput } from '@tidewatch/samples';
import { projectOfRule } from '../evaluate/rule-project.js';

/**
 * Chooses the raw inputs that are taken: those that an `Encoder` rule names and of which the sample has no vector already. All
 * others are dropped before anything is written; nobody would read them. What encoders make of numeric features is added here as
 * an input of its own.
 */
export class InputSelection {
  private readonly rules: () => readonly EncoderRule[];

  constructor(rules: () => readonly EncoderRule[]) {
    this.rules = rules;
  }

  /** The samples with the inputs that are taken. */
  select(project: string, predictions: readonly Prediction[]): Prediction[] {
    const rules = this.rules().filter((rule) => projectOfRule(rule) === project);
    return predictions.map((prediction) => {
      const wanted = rules.filter(
        ({ model, input }) => model === prediction.model && !Object.hasOwn(prediction.embeddings, input),
      );
      const inputs = Object.fromEntries(
        wanted.flatMap((rule): [string, SampleInput][] => {
          const input = inputOf(rule, prediction);
          return input === null ? [] : [[rule.input, input]];
        }),
      );
      return { ...prediction, inputs };
    });
  }
}

function inputOf({ preprocess, input }: EncoderRule, prediction: Prediction): SampleInput | null {
  if (preprocess.kind !== 'features') {
    return Object.hasOwn(prediction.inputs, input) ? prediction.inputs[input]! : null;
  }
  const { numeric } = prediction.features;
  const values = Float64Array.from(preprocess.names, (name) =>
    Object.hasOwn(numeric, name) ? numeric[name]! : Number.NaN,
  );
  // Without one of its features there is nothing to encode.
  return values.every(Number.isNaN)
    ? null
    : {
        dataType: 'features',
        shape: [],
        data: new Uint8Array(values.buffer),
        occlusionRate: null,
        privateBoxes: [],
      };
}
