/** Values with the same name together, in the order in which names come first. */
export function groupBy<Value>(
  values: readonly Value[],
  nameOf: (value: Value) => string,
): Map<string, Value[]> {
  const groups = new Map<string, Value[]>();
  for (const value of values) {
    const name = nameOf(value);
    const group = groups.get(name);
    if (group === undefined) {
      groups.set(name, [value]);
    } else {
      group.push(value);
    }
  }
  return groups;
}
