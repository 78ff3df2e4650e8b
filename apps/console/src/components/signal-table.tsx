import type { SignalCounts } from '../api.js';
import { formatCompactCount, formatCount } from '../format.js';

const OUTCOMES = ['received', 'stored', 'rejected', 'duplicate', 'pending'] as const;

/** Shown even before any has arrived. The others appear with their first item. */
const ALWAYS = ['metrics', 'traces', 'logs', 'predictions'];

/** One row for each signal: how much has come in since the server started, and what became of it. */
export function SignalTable({ signals }: { signals: Readonly<Record<string, SignalCounts>> }) {
  const rows = Object.entries(signals).filter(
    ([signal, counts]) => ALWAYS.includes(signal) || counts.received > 0,
  );
  return (
    <table class="signals" data-testid="signals">
      <caption class="visually-hidden">Items since the server started</caption>
      <thead>
        <tr>
          <th scope="col">Since start</th>
          {OUTCOMES.map((outcome) => (
            <th key={outcome} scope="col">
              {outcome}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([signal, counts]) => (
          <tr key={signal}>
            <th scope="row">{signal}</th>
            {OUTCOMES.map((outcome) => (
              <td key={outcome} title={formatCount(counts[outcome])}>
                {formatCompactCount(counts[outcome])}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
