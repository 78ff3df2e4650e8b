import { isRefusal, Refusal } from '../refusal.js';
import { describeCounter, type Counter } from './counter.js';
import { eitherCondition } from './label-conditions.js';

/** The one counter that counts what both count: same metric, and conditions that differ on a single label. */
export function addCounters(
  a: Counter,
  b: Counter,
): { readonly counter: Counter; readonly notes: readonly string[] } | Refusal {
  const sum = `${describeCounter(a)} and ${describeCounter(b)}`;
  if (a.selector.metric !== b.selector.metric || a.part !== b.part) {
    return new Refusal(`adds ${sum}; an SLI reads one metric, so write an SLO for each, or a composite SLO`);
  }
  if (a.part === 'bucket' && b.part === 'bucket' && a.le !== b.le) {
    return new Refusal(`adds ${sum}, and a bucket holds the ones below it`);
  }
  const labels = new Set([...a.selector.match, ...b.selector.match].map(({ label }) => label));
  const find = ({ selector }: Counter, label: string) => selector.match.find((each) => each.label === label);
  const different = [...labels].filter((label) => {
    const [left, right] = [find(a, label), find(b, label)];
    return left?.op !== right?.op || left?.value !== right?.value;
  });
  const [label, ...more] = different;
  if (label === undefined) {
    return new Refusal(`adds ${sum}, and counts the same events twice`);
  }
  const [left, right] = [find(a, label), find(b, label)];
  if (more.length > 0) {
    return new Refusal(
      `adds ${sum}, whose conditions differ on ${different.join(' and ')}; only one label can be joined`,
    );
  }
  if (left === undefined || right === undefined) {
    return new Refusal(`adds ${sum}, and counts what has the condition on ${label} twice`);
  }
  const either = eitherCondition(left, right);
  if (isRefusal(either)) {
    return either;
  }
  const match = a.selector.match.map((each) => (each.label === label ? either.condition : each));
  const notes = either.assumed
    ? [
        `takes it that no value of ${label} matches both "${left.value}" and "${right.value}", whose counts are added`,
      ]
    : [];
  return { counter: { ...a, selector: { metric: a.selector.metric, match } }, notes };
}
