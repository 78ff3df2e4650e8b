import { groupLabels, groupText } from '../counting/group-text.js';
import { requestKey, type MeasuredValue, type MeasureRequest } from './measured-value.js';

/** Values by request (see `requestKey`), then by group; `null` where there is data, and too little of it. */
export type MeasuredGroups = ReadonlyMap<string, ReadonlyMap<string, MeasuredValue | null>>;

/**
 * The groups that can be told apart, sorted.
 *
 * A measure may lack some of the labels: latencies know nothing of single GPUs. The measures that carry the most of the
 * labels decide which groups there are; the others are looked up by the labels they carry.
 *
 * @param labels of the group-by; without any there is one group, `''`
 */
export function groupsOf(
  measured: MeasuredGroups,
  requests: readonly MeasureRequest[],
  labels: readonly string[],
): string[] {
  if (labels.length === 0) {
    return [''];
  }
  const found = requests.map((request) => [...(measured.get(requestKey(request))?.keys() ?? [])]);
  const most = Math.max(0, ...found.map((groups) => carriedLabels(groups, labels).length));
  const deciding = found.filter((groups) => carriedLabels(groups, labels).length === most);
  return [...new Set(deciding.flat())].sort();
}

/** How the values of one group are looked up: by those labels that the series of a measure carry at all. */
export function valueOfGroup(
  measured: MeasuredGroups,
  labels: readonly string[],
  group: string,
): (request: MeasureRequest) => MeasuredValue | null {
  const own = groupLabels(group);
  return (request) => {
    const values = measured.get(requestKey(request));
    if (values === undefined) {
      return null;
    }
    const exact = values.get(group);
    if (exact !== undefined || labels.length === 0) {
      return exact ?? null;
    }
    const carried = carriedLabels([...values.keys()], labels);
    const projected = labels.map((label) => (carried.includes(label) ? (own[label] ?? '') : ''));
    return values.get(groupText(labels, projected)) ?? null;
  };
}

function carriedLabels(groups: readonly string[], labels: readonly string[]): string[] {
  const parsed = groups.map(groupLabels);
  return labels.filter((label) => parsed.some((each) => (each[label] ?? '') !== ''));
}
