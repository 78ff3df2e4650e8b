/** The rows of each key, in the order in which keys appear. */
export function byKey<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Row[][] {
  const lists = new Map<string, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const list = lists.get(key);
    if (list === undefined) {
      lists.set(key, [row]);
    } else {
      list.push(row);
    }
  }
  return [...lists.values()];
}
