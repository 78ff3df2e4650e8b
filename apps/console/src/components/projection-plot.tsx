import { useEffect, useRef, useState } from 'preact/hooks';
import { formatQuantity, formatShare } from '../format.js';
import { byChange, describeProjection, placing } from '../projection.js';
import type { PlacedPoint } from '../projection.js';
import type { ProjectedPoint, ProjectionView } from '../projection-view.js';

const SHORTEST = 240;
const TALLEST = 400;
/** Below this width the centres are drawn smaller. */
const NARROW = 480;

/** Vectors as dots: the baseline as rings, the window filled on top, the centres of clusters as numbered discs. */
export function ProjectionPlot({ view, moved }: { view: ProjectionView; moved: ReadonlySet<number> }) {
  const holder = useRef<HTMLDivElement>(null);
  const width = useWidth(holder);
  const height = Math.round(Math.min(TALLEST, Math.max(SHORTEST, width * 0.6)));
  const place = placing(view, width, height);
  const reference = view.reference.map(place);
  const current = view.current.map(place);
  const beyond = [...reference, ...current].filter(({ outside }) => outside).length;
  const [first, second] = view.shares.map(formatShare);
  return (
    <div class="projection-drawing">
      <p class="projection-axis">↑ second axis, {second} of the baseline's variance</p>
      <div class="projection-plot" ref={holder}>
        <svg
          width={width}
          height={height}
          viewBox={`0 0 ${width} ${height}`}
          role="img"
          aria-label={describeProjection(view)}
        >
          <Axes origin={place([0, 0])} width={width} height={height} />
          <Dots points={reference} of="reference" radius={2.5} />
          <Dots points={current} of="current" radius={2.5} />
          {/* The most changed lie on top. */}
          {byChange(view.clusters)
            .reverse()
            .map(({ cluster, x, y, share, referenceShare }) => (
              <Centre
                key={cluster}
                cluster={cluster}
                at={place([x, y] satisfies ProjectedPoint)}
                title={`Cluster ${cluster}: ${formatShare(referenceShare)} of the baseline, ${formatShare(share)} of the window`}
                radius={width < NARROW ? 8 : 10}
                moved={moved.has(cluster)}
              />
            ))}
        </svg>
      </div>
      <p class="projection-axis projection-axis-first">
        {beyond > 0 && <span>{formatQuantity(beyond, 'vector')} beyond the edge, drawn on it</span>}
        <span>first axis, {first} of the baseline's variance →</span>
      </p>
    </div>
  );
}

/** Lines through the baseline's centre. */
function Axes({ origin, width, height }: { origin: PlacedPoint; width: number; height: number }) {
  return (
    <>
      <line class="projection-zero" x1="0" x2={width} y1={origin.y} y2={origin.y} />
      <line class="projection-zero" x1={origin.x} x2={origin.x} y1="0" y2={height} />
    </>
  );
}

function Dots(props: { points: readonly PlacedPoint[]; of: 'reference' | 'current'; radius: number }) {
  return (
    <g class={`projection-${props.of}`}>
      {props.points.map(({ x, y, outside }, index) => (
        <circle
          key={index}
          class={outside ? 'is-outside' : undefined}
          cx={x.toFixed(1)}
          cy={y.toFixed(1)}
          r={props.radius}
        />
      ))}
    </g>
  );
}

function Centre(props: { cluster: number; at: PlacedPoint; title: string; radius: number; moved: boolean }) {
  const { x, y } = props.at;
  return (
    <g class={`projection-centre${props.moved ? ' is-moved' : ''}`} transform={`translate(${x} ${y})`}>
      <title>{props.title}</title>
      <circle r={props.radius} />
      <text text-anchor="middle" dy="0.35em">
        {props.cluster}
      </text>
    </g>
  );
}

/** The width of an element in pixels, kept up to date. */
function useWidth(holder: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(640);
  useEffect(() => {
    const element = holder.current;
    if (element === null) {
      return;
    }
    const sizes = new ResizeObserver(() => setWidth(Math.max(1, element.clientWidth)));
    sizes.observe(element);
    return () => sizes.disconnect();
  }, []);
  return width;
}
