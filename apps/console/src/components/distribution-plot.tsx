import type { DistributionBin } from '../api.js';
import { formatShare } from '../format.js';

const HEIGHT = 140;
/** Labels under the axis; more would overlap. */
const LABELS = 6;

/** Shares per bin: the window as bars, the baseline as an outline behind them. Special cells stand apart at the right. */
export function DistributionPlot({ bins }: { bins: readonly DistributionBin[] }) {
  const largest = Math.max(1e-9, ...bins.flatMap(({ current, reference }) => [current, reference]));
  const width = 100 / Math.max(1, bins.length);
  const height = (share: number): number => (share / largest) * HEIGHT;
  const every = Math.ceil(bins.length / LABELS);
  return (
    <>
      <svg
        class="distribution-plot"
        viewBox={`0 0 100 ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Distribution over ${bins.length} bins, largest share ${formatShare(largest)}`}
      >
        {bins.map((bin, index) => (
          <g key={bin.label} class={bin.special ? 'is-special' : ''}>
            <title>
              {bin.label}: window {formatShare(bin.current)}, baseline {formatShare(bin.reference)}
            </title>
            <rect
              class="distribution-reference"
              x={index * width + width * 0.04}
              width={width * 0.92}
              y={HEIGHT - height(bin.reference)}
              height={height(bin.reference)}
            />
            <rect
              class="distribution-current"
              x={index * width + width * 0.22}
              width={width * 0.56}
              y={HEIGHT - height(bin.current)}
              height={height(bin.current)}
            />
          </g>
        ))}
      </svg>
      <div class="distribution-labels" aria-hidden="true">
        {bins.map((bin, index) => (
          <span key={bin.label} style={{ left: `${index * width}%` }}>
            {index % every === 0 ? bin.label : ''}
          </span>
        ))}
      </div>
    </>
  );
}
