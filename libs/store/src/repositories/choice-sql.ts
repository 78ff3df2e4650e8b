/** Parameters of {@link CHOSEN}; `undefined` for any value. */
export function choice(
  name: string,
  wanted: readonly string[] | undefined,
): Record<string, boolean | readonly string[]> {
  return { [`${name}Any`]: wanted === undefined, [`${name}List`]: wanted ?? [] };
}

/** Condition that a column is one of the values wanted. */
export const CHOSEN = (column: string, name: string): string =>
  `({${name}Any:Bool} OR ${column} IN {${name}List:Array(String)})`;
