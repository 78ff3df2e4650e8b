/** A map of a specification as YAML gives it. */
export type RawMap = Readonly<Record<string, unknown>>;

/** The value as a map; `null` when it is something else. */
export function asMap(value: unknown): RawMap | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as RawMap) : null;
}

/** The value as a list; empty when it is something else. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

/** The value as text; `''` when it is something else. */
export function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The value under the first of `keys` that is there: Sloth writes `page_alert` in files and `pageAlert` in Kubernetes. */
export function pick(map: RawMap | null, ...keys: readonly string[]): unknown {
  const key = keys.find((each) => map !== null && Object.hasOwn(map, each) && map[each] !== null);
  return key === undefined ? undefined : map?.[key];
}

/** Like {@link pick}, as a map; empty when there is none. */
export function pickMap(map: RawMap | null, ...keys: readonly string[]): RawMap {
  return asMap(pick(map, ...keys)) ?? {};
}
