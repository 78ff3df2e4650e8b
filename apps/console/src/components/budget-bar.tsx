import { formatBudget } from '../format.js';

/** What is left of an error budget. An overspent budget fills a hatched bar from the right by what is owed. */
export function BudgetBar({ remaining }: { remaining: number | null }) {
  const overspent = remaining !== null && remaining < 0;
  const level = remaining === null ? 'none' : overspent ? 'overspent' : remaining < 0.25 ? 'low' : 'good';
  const share = Math.min(1, Math.abs(remaining ?? 0));
  return (
    <div class={`budget budget-${level}`}>
      <p class="budget-text">
        <span class="budget-label">Error budget</span>
        <b>{formatBudget(remaining)}</b>
      </p>
      <svg class="budget-bar" aria-hidden="true" focusable="false">
        <rect class="budget-track" width="100%" height="100%" rx="4" />
        <rect
          class="budget-fill"
          x={overspent ? `${(1 - share) * 100}%` : '0'}
          width={`${share * 100}%`}
          height="100%"
          rx="4"
        />
      </svg>
    </div>
  );
}
