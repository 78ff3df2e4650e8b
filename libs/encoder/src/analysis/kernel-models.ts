import { ModelBuilder, type ModelValue } from '../onnx/model-builder.js';

/** A small model that does one step of a statistic. */
export type KernelModelName = 'multiply' | 'fourier' | 'squared-norms' | 'gaussian' | 'energy';

// Of this opset every provider has all the operators used here, and sums still take their axes as an attribute.
const OPSET = 17;

function matrix(name: string, rows: string, columns: string): ModelValue {
  return { name, element: 'float32', shape: [rows, columns] };
}

/** The ONNX file of a step. Sizes are open: one session serves every shape. */
export function kernelModel(name: KernelModelName): Uint8Array {
  switch (name) {
    case 'multiply':
      return multiply();
    case 'fourier':
      return fourier();
    case 'squared-norms':
      return squaredNorms();
    case 'gaussian':
    case 'energy':
      return kernelBlock(name);
  }
}

/** `c = a b'`. */
function multiply(): Uint8Array {
  const model = new ModelBuilder({
    name: 'multiply',
    opset: OPSET,
    inputs: [matrix('a', 'p', 'k'), matrix('b', 'q', 'k')],
    outputs: [matrix('c', 'p', 'q')],
  });
  model.node('Gemm', ['a', 'b'], 'c', { transB: 1 });
  return model.build();
}

/** `c = [cos(x w'), sin(x w')] * scale`. */
function fourier(): Uint8Array {
  const model = new ModelBuilder({
    name: 'fourier',
    opset: OPSET,
    inputs: [matrix('x', 'n', 'd'), matrix('w', 'f', 'd'), { name: 'scale', element: 'float32', shape: [1] }],
    outputs: [matrix('c', 'n', 'g')],
  });
  model.node('Gemm', ['x', 'w'], 'angles', { transB: 1 });
  model.node('Cos', ['angles'], 'cosines');
  model.node('Sin', ['angles'], 'sines');
  model.node('Concat', ['cosines', 'sines'], 'waves', { axis: 1 });
  model.node('Mul', ['waves', 'scale'], 'c');
  return model.build();
}

/** `c[i] = |s[i] v|^2`. */
function squaredNorms(): Uint8Array {
  const model = new ModelBuilder({
    name: 'squared-norms',
    opset: OPSET,
    inputs: [matrix('s', 'p', 'n'), matrix('v', 'n', 'd')],
    outputs: [{ name: 'c', element: 'float32', shape: ['p'] }],
  });
  model.node('MatMul', ['s', 'v'], 'means');
  model.node('ReduceSumSquare', ['means'], 'c', { axes: [1], keepdims: 0 });
  return model.build();
}

/**
 * Some rows of a kernel matrix `K` times weights: `c = K s'`. The inputs carry the squares of lengths in two more columns, so
 * that one product of matrices gives the exponent of the Gaussian kernel, or the squared distance of the energy kernel.
 * `diagonal` is what was computed for the pairs of a vector with itself, whose places `self` names.
 */
function kernelBlock(name: 'gaussian' | 'energy'): Uint8Array {
  const model = new ModelBuilder({
    name,
    opset: OPSET,
    inputs: [
      matrix('x', 'b', 'e'),
      matrix('y', 'n', 'e'),
      matrix('s', 'p', 'n'),
      { name: 'self', element: 'int32', shape: ['b', 1] },
    ],
    outputs: [matrix('c', 'b', 'p'), { name: 'diagonal', element: 'float32', shape: ['b', 1] }],
  });
  model.node('Gemm', ['x', 'y'], 'product', { transB: 1 });
  if (name === 'gaussian') {
    model.node('Exp', ['product'], 'kernel');
  } else {
    // Rounding makes the squared distance of near vectors negative.
    model.node('Relu', ['product'], 'squares');
    model.node('Sqrt', ['squares'], 'kernel');
  }
  model.node('Gemm', ['kernel', 's'], 'c', { transB: 1 });
  model.node('GatherElements', ['kernel', 'self'], 'diagonal', { axis: 1 });
  return model.build();
}
