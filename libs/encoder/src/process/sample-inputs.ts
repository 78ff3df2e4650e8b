import { seededRandom } from '@tidewatch/core';
import { bytesOf, zeros } from '../inputs/element-array.js';
import type { Preparation } from '../inputs/preparation.js';
import type { RawInput } from '../inputs/raw-input.js';

/** Words of a text that is as long as a paragraph, which is what services mostly send. */
const SAMPLE_TEXT = 'a model is watched by what goes into it and by what comes out of it '.repeat(4).trim();

/** Inputs such as a rule's preprocessing takes, with made-up content: to warm a model up, and to measure it. */
export function sampleInputs(preparation: Preparation, count: number): RawInput[] {
  const random = seededRandom(1);
  return Array.from({ length: count }, () => sampleInput(preparation, random));
}

function sampleInput(preparation: Preparation, random: () => number): RawInput {
  switch (preparation.kind) {
    case 'image': {
      const { width, height } = preparation.preprocess;
      const data = Uint8Array.from({ length: width * height * 3 }, () => Math.floor(random() * 256));
      return { dataType: 'uint8', shape: [height, width, 3], data, maskedBoxes: [] };
    }
    case 'strings':
    case 'ids':
    case 'ngrams':
      return {
        dataType: 'text/plain',
        shape: [],
        data: new TextEncoder().encode(SAMPLE_TEXT),
        maskedBoxes: [],
      };
    case 'features': {
      const { mean, std } = preparation.preprocess;
      const values = Float64Array.from(mean, (value, i) => value + (random() - 0.5) * (std[i] ?? 1));
      return { dataType: 'features', shape: [], data: new Uint8Array(values.buffer), maskedBoxes: [] };
    }
    case 'tensor': {
      const { element, dims } = preparation.form;
      const length = dims.reduce((product, size) => product * size, 1);
      const values = zeros(element, length);
      // Any other type takes zeros, whatever they stand for in the model.
      if (values instanceof Float32Array) {
        values.forEach((_, i) => (values[i] = random()));
      }
      return { dataType: element, shape: dims, data: bytesOf(values), maskedBoxes: [] };
    }
  }
}
