import { seededRandom } from '@tidewatch/core';
import { ModelBuilder } from '../../libs/encoder/src/onnx/model-builder.js';

/** Channels of the four stages; each has two blocks, and all but the first halve the sides. */
const STAGES = [64, 128, 256, 512] as const;

/**
 * ResNet-18 (He et al. 2015) without its classes, with random weights, as ONNX: 64 x 64 pixels become 512 numbers. It stands for
 * the encoders that people bring: 11 million weights and 0.15 thousand million multiplications a picture.
 */
export function residualNetwork(): Uint8Array {
  const model = new ModelBuilder({
    name: 'residual-network',
    opset: 17,
    inputs: [{ name: 'image', element: 'float32', shape: ['batch', 3, 64, 64] }],
    outputs: [{ name: 'vector', element: 'float32', shape: ['batch', 512] }],
  });
  const random = seededRandom(4);
  let nodes = 0;
  const convolution = (
    from: string,
    inputs: number,
    outputs: number,
    size: number,
    stride: number,
  ): string => {
    nodes += 1;
    const length = outputs * inputs * size * size;
    // Uniform, with the variance 2 / inputs that keeps activations at one size.
    const bound = Math.sqrt(6 / (inputs * size * size));
    const weights = model.initializer(`weights_${nodes}`, {
      dims: [outputs, inputs, size, size],
      data: Float32Array.from({ length }, () => bound * (2 * random() - 1)),
    });
    const pad = (size - 1) / 2;
    return model.node('Conv', [from, weights], `convolution_${nodes}`, {
      kernel_shape: [size, size],
      strides: [stride, stride],
      pads: [pad, pad, pad, pad],
    });
  };
  const relu = (from: string): string => model.node('Relu', [from], `relu_${from}`);
  const stem = relu(convolution('image', 3, 64, 7, 2));
  let planes = model.node('MaxPool', [stem], 'pooled', {
    kernel_shape: [3, 3],
    strides: [2, 2],
    pads: [1, 1, 1, 1],
  });
  let inputs = 64;
  for (const channels of STAGES) {
    for (const block of [0, 1]) {
      const stride = block === 0 && channels > 64 ? 2 : 1;
      const inner = relu(convolution(planes, inputs, channels, 3, stride));
      const outer = convolution(inner, channels, channels, 3, 1);
      const shortcut = stride === 1 ? planes : convolution(planes, inputs, channels, 1, stride);
      planes = relu(model.node('Add', [outer, shortcut], `sum_${channels}_${block}`));
      inputs = channels;
    }
  }
  const mean = model.node('GlobalAveragePool', [planes], 'mean');
  model.node('Flatten', [mean], 'vector');
  return model.build();
}
