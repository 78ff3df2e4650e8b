import { heaviestOperators, providerName } from '../encoder-text.js';
import type { OperatorTime } from '../encoder-view.js';
import { formatCompactCount, formatLatency, formatQuantity, formatShare } from '../format.js';
import { Icon } from './icon.js';

const SHOWN = 8;

/** Which operators of a model take the time, as ONNX Runtime's profile tells it. */
export function OperatorTable({ name, profile }: { name: string; profile: readonly OperatorTime[] }) {
  const { shown, others, otherShare } = heaviestOperators(profile, SHOWN);
  if (shown.length === 0) {
    return (
      <p class="operators-empty quiet">The profile is empty: nothing has been encoded since it began.</p>
    );
  }
  return (
    <details class="operators-detail">
      <summary>
        <Icon name="chevron" />
        Time by operator
      </summary>
      <table class="operators">
        <caption class="visually-hidden">Time by operator of {name}</caption>
        <thead>
          <tr>
            <th scope="col">Operator</th>
            <th scope="col">Provider</th>
            <th scope="col">Calls</th>
            <th scope="col">Time</th>
            <th scope="col">Share</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <OperatorRow key={`${row.operator} ${row.provider}`} row={row} largest={shown[0]?.share ?? 1} />
          ))}
        </tbody>
      </table>
      {others > 0 && (
        <p class="quiet">
          {formatQuantity(others, 'more operator')} with {formatShare(otherShare)} together
        </p>
      )}
    </details>
  );
}

function OperatorRow({ row, largest }: { row: OperatorTime; largest: number }) {
  const width = `${((row.share / Math.max(largest, 1e-9)) * 100).toFixed(1)}%`;
  return (
    <tr>
      <th scope="row">{row.operator}</th>
      <td>{providerName(row.provider)}</td>
      <td>{formatCompactCount(row.calls)}</td>
      <td>{formatLatency(row.milliseconds)}</td>
      <td class="operator-share">
        <svg aria-hidden="true" focusable="false">
          <rect width={width} height="8" rx="2" />
        </svg>
        <span>{formatShare(row.share)}</span>
      </td>
    </tr>
  );
}
