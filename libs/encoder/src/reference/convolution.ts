/** Square planes of numbers, channel after channel. */
export interface Planes {
  readonly channels: number;
  readonly side: number;
  readonly data: Float64Array;
}

/** What a convolution slides over an image. */
export interface Filters {
  /** Output channels x input channels x 3 x 3, row-major, as ONNX has them. */
  readonly weights: Float32Array;
  readonly channels: number;
  /** What is left of negative sums: the slope of the leaky rectifier that follows. */
  readonly leak: number;
}

/**
 * A 3x3 convolution with stride 2 and a border of one zero, and a leaky rectifier: what ONNX calls Conv (`strides` 2, `pads` 1)
 * and LeakyRelu, by plain loops. It lets the image encoder be scaled where it is built, without a runtime.
 */
export function convolve(input: Planes, filters: Filters): Planes {
  const side = input.side / 2;
  const padded = withBorder(input);
  const width = input.side + 2;
  const data = new Float64Array(filters.channels * side * side);
  for (let to = 0; to < filters.channels; to += 1) {
    const plane = data.subarray(to * side * side, (to + 1) * side * side);
    for (let from = 0; from < input.channels; from += 1) {
      const weights = filters.weights.subarray((to * input.channels + from) * 9);
      slide(plane, { side, width, weights, source: padded.subarray(from * width * width) });
    }
    for (let index = 0; index < plane.length; index += 1) {
      plane[index] = plane[index]! < 0 ? plane[index]! * filters.leak : plane[index]!;
    }
  }
  return { channels: filters.channels, side, data };
}

/** Adds one input channel's share to one output plane. */
function slide(
  plane: Float64Array,
  about: {
    readonly side: number;
    readonly width: number;
    readonly weights: Float32Array;
    readonly source: Float64Array;
  },
): void {
  const { side, width, weights, source } = about;
  for (let tap = 0; tap < 9; tap += 1) {
    const weight = weights[tap]!;
    const offset = Math.floor(tap / 3) * width + (tap % 3);
    for (let row = 0; row < side; row += 1) {
      let at = offset + 2 * row * width;
      for (let index = row * side; index < (row + 1) * side; index += 1) {
        plane[index]! += weight * source[at]!;
        at += 2;
      }
    }
  }
}

function withBorder({ channels, side, data }: Planes): Float64Array {
  const width = side + 2;
  const padded = new Float64Array(channels * width * width);
  for (let channel = 0; channel < channels; channel += 1) {
    for (let row = 0; row < side; row += 1) {
      const from = (channel * side + row) * side;
      padded.set(data.subarray(from, from + side), (channel * width + row + 1) * width + 1);
    }
  }
  return padded;
}
