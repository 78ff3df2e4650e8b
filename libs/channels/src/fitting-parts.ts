/** A part of a message that can be left out. */
export interface Part<T> {
  readonly content: T;
  /** 0 is never left out; of the others the highest goes first. */
  readonly dispensable: number;
}

/**
 * Leaves out as few parts as needed until `fits` agrees, the most dispensable first (of equals the last), and keeps the
 * order of the rest. What cannot be left out stays even if it does not fit.
 *
 * @param fits holds for less whenever it holds for more
 */
export function fittingParts<T>(
  parts: readonly Part<T>[],
  fits: (contents: readonly T[]) => boolean,
): readonly T[] {
  const goes = parts
    .map((part, index) => ({ index, dispensable: part.dispensable }))
    .filter(({ dispensable }) => dispensable > 0)
    .sort((left, right) => right.dispensable - left.dispensable || right.index - left.index)
    .map(({ index }) => index);
  const without = (count: number): T[] => {
    const gone = new Set(goes.slice(0, count));
    return parts.filter((_, index) => !gone.has(index)).map(({ content }) => content);
  };
  let fewest = 0;
  let most = goes.length;
  // Halving: a report has hundreds of lines, and measuring one is not free.
  while (fewest < most) {
    const middle = Math.floor((fewest + most) / 2);
    if (fits(without(middle))) {
      most = middle;
    } else {
      fewest = middle + 1;
    }
  }
  return without(fewest);
}
