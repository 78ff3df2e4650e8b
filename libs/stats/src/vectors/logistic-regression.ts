import { domainError } from '../domain-error.js';

/** Labelled rows of numbers. */
export interface LabelledRows {
  /** rows x columns, row-major. */
  readonly features: Float64Array;
  readonly columns: number;
  /** 1 or 0, one for each row, with both present. */
  readonly labels: Uint8Array;
}

/** `P(label = 1) = 1 / (1 + exp(-(weights' x + intercept)))`. */
export interface LogisticModel {
  readonly weights: Float64Array;
  readonly intercept: number;
}

/** The loss at one point, and what its derivatives take. */
interface Loss {
  readonly value: number;
  /** The intercept's comes last. */
  readonly gradient: Float64Array;
  /** `p (1 - p)` of every row. */
  readonly curvature: Float64Array;
}

const MAXIMUM_STEPS = 100;
const MAXIMUM_INNER_STEPS = 250;
/** Length of the gradient, as a share of what it is at zero weights, at which the minimum is reached. */
const PRECISION = 1e-9;
/** Share of the promised descent that a step has to bring (Armijo). */
const SUFFICIENT = 1e-4;

/**
 * Logistic regression with an L2 penalty: minimises `penalty/2 |w|^2 + sum log(1 + exp(-y (w'x + b)))`, `y = 1` or `-1`. The
 * intercept is not penalised. Equal to `sklearn.linear_model.LogisticRegression(C=1/penalty)`.
 *
 * Newton's method with each step found by conjugate gradients and shortened until the loss falls (Lin, Weng & Keerthi,
 * Journal of Machine Learning Research 9 (2008), 627-650). No randomness; O(rows columns) for a product, some dozens of them
 * in all.
 *
 * @param penalty above 0, which keeps the weights finite where a plane separates the labels
 * @throws AppError `stats.domain`
 */
export function logisticRegression(rows: LabelledRows, penalty: number): LogisticModel {
  const { features, columns, labels } = rows;
  const positive = labels.reduce((sum, label) => sum + label, 0);
  const valid =
    penalty > 0 &&
    columns >= 1 &&
    features.length === labels.length * columns &&
    positive > 0 &&
    positive < labels.length;
  if (!valid) {
    throw domainError('A logistic regression', 'a penalty above 0, and rows of both labels', {
      penalty,
      columns,
      rows: labels.length,
      positive,
    });
  }
  let point = new Float64Array(columns + 1);
  let loss = lossAt(rows, penalty, point);
  const goal = PRECISION * norm(loss.gradient);
  for (let step = 0; step < MAXIMUM_STEPS && norm(loss.gradient) > goal; step += 1) {
    const direction = newtonDirection(rows, penalty, loss);
    const next = descend(rows, penalty, { point, loss, direction });
    if (next === null) {
      break;
    }
    ({ point, loss } = next);
  }
  return { weights: point.slice(0, columns), intercept: point[columns]! };
}

function lossAt({ features, columns, labels }: LabelledRows, penalty: number, point: Float64Array): Loss {
  const gradient = new Float64Array(columns + 1);
  const curvature = new Float64Array(labels.length);
  let value = 0;
  for (let row = 0; row < labels.length; row += 1) {
    const offset = row * columns;
    let score = point[columns]!;
    for (let k = 0; k < columns; k += 1) {
      score += features[offset + k]! * point[k]!;
    }
    const margin = labels[row] === 1 ? score : -score;
    // Neither form overflows: the exponent is never above 0.
    const tail = Math.exp(-Math.abs(margin));
    value += Math.log1p(tail) + Math.max(0, -margin);
    const wrong = margin > 0 ? tail / (1 + tail) : 1 / (1 + tail);
    curvature[row] = tail / (1 + tail) ** 2;
    const pull = labels[row] === 1 ? -wrong : wrong;
    gradient[columns]! += pull;
    for (let k = 0; k < columns; k += 1) {
      gradient[k]! += pull * features[offset + k]!;
    }
  }
  for (let k = 0; k < columns; k += 1) {
    value += (penalty / 2) * point[k]! ** 2;
    gradient[k]! += penalty * point[k]!;
  }
  return { value, gradient, curvature };
}

/** Solves `H s = -g` by conjugate gradients, the more exactly the nearer the minimum is. */
function newtonDirection(rows: LabelledRows, penalty: number, { gradient, curvature }: Loss): Float64Array {
  const direction = new Float64Array(gradient.length);
  const residual = gradient.map((value) => -value);
  const search = Float64Array.from(residual);
  let square = dot(residual, residual);
  const start = Math.sqrt(square);
  const goal = Math.min(0.1, Math.sqrt(start / rows.labels.length)) * start;
  for (let step = 0; step < MAXIMUM_INNER_STEPS && Math.sqrt(square) > goal; step += 1) {
    const bent = curvatureProduct(rows, penalty, { curvature, vector: search });
    const along = dot(search, bent);
    if (!(along > 0)) {
      break;
    }
    const length = square / along;
    addTo(direction, length, search);
    addTo(residual, -length, bent);
    const before = square;
    square = dot(residual, residual);
    const share = square / before;
    search.forEach((value, index) => (search[index] = residual[index]! + share * value));
  }
  return direction;
}

/** `H v`, `H = X' D X + penalty I`, without ever forming `H`. */
function curvatureProduct(
  { features, columns, labels }: LabelledRows,
  penalty: number,
  { curvature, vector }: { readonly curvature: Float64Array; readonly vector: Float64Array },
): Float64Array {
  const product = new Float64Array(columns + 1);
  for (let row = 0; row < labels.length; row += 1) {
    const offset = row * columns;
    let along = vector[columns]!;
    for (let k = 0; k < columns; k += 1) {
      along += features[offset + k]! * vector[k]!;
    }
    along *= curvature[row]!;
    product[columns]! += along;
    for (let k = 0; k < columns; k += 1) {
      product[k]! += along * features[offset + k]!;
    }
  }
  for (let k = 0; k < columns; k += 1) {
    product[k]! += penalty * vector[k]!;
  }
  return product;
}

/** Halves the step until the loss falls enough; `null` when rounding leaves no fall to find. */
function descend(
  rows: LabelledRows,
  penalty: number,
  from: { readonly point: Float64Array; readonly loss: Loss; readonly direction: Float64Array },
): { readonly point: Float64Array<ArrayBuffer>; readonly loss: Loss } | null {
  const slope = dot(from.loss.gradient, from.direction);
  for (let length = 1; length > 1e-10; length /= 2) {
    const point = Float64Array.from(from.point);
    addTo(point, length, from.direction);
    const loss = lossAt(rows, penalty, point);
    if (loss.value <= from.loss.value + SUFFICIENT * length * slope) {
      return { point, loss };
    }
  }
  return null;
}

function addTo(target: Float64Array, factor: number, values: Float64Array): void {
  for (let index = 0; index < target.length; index += 1) {
    target[index]! += factor * values[index]!;
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index += 1) {
    sum += a[index]! * b[index]!;
  }
  return sum;
}

function norm(vector: Float64Array): number {
  return Math.sqrt(dot(vector, vector));
}
