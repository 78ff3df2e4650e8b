const { abs, max, min, sqrt } = Math;

/** The signed distance of a place from the edge of a shape: negative inside. Lengths in heights of the picture. */
export type Shape = (x: number, y: number) => number;

export function disc(centreX: number, centreY: number, radius: number): Shape {
  return (x, y) => sqrt((x - centreX) ** 2 + (y - centreY) ** 2) - radius;
}

/** A rectangle by its centre and half its sides. */
export function box(centreX: number, centreY: number, halfWidth: number, halfHeight: number): Shape {
  return (x, y) => max(abs(x - centreX) - halfWidth, abs(y - centreY) - halfHeight);
}

/** A stroke with round ends from one place to another. */
export function stroke(
  [fromX, fromY]: readonly [number, number],
  [toX, toY]: readonly [number, number],
  thickness: number,
): Shape {
  const [alongX, alongY] = [toX - fromX, toY - fromY];
  const squared = alongX ** 2 + alongY ** 2;
  return (x, y) => {
    const along = ((x - fromX) * alongX + (y - fromY) * alongY) / squared;
    const part = min(1, max(0, along));
    return sqrt((x - fromX - part * alongX) ** 2 + (y - fromY - part * alongY) ** 2) - thickness / 2;
  };
}

/** All of them together. */
export function union(...shapes: readonly Shape[]): Shape {
  return (x, y) => shapes.reduce((nearest, shape) => min(nearest, shape(x, y)), Infinity);
}

/** A shape less another. */
export function without(shape: Shape, hole: Shape): Shape {
  return (x, y) => max(shape(x, y), -hole(x, y));
}

/** A shape turned about a place by an angle in radians. */
export function turned(shape: Shape, [centreX, centreY]: readonly [number, number], angle: number): Shape {
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  return (x, y) => {
    const [fromX, fromY] = [x - centreX, y - centreY];
    return shape(centreX + cosine * fromX + sine * fromY, centreY + cosine * fromY - sine * fromX);
  };
}
