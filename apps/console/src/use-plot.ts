import uPlot from 'uplot';
import { useEffect, useRef } from 'preact/hooks';
import type { RefObject } from 'preact';

/** A colour token as the canvas needs it. */
export function token(element: Element, name: string): string {
  return getComputedStyle(element).getPropertyValue(name).trim();
}

/**
 * Draws a plot into an element, as wide as it is, and again when the data, the width or the colour scheme changes.
 *
 * @param optionsFor called once for each life of the element, with its width
 * @param data `null` while there is nothing to draw and no element
 */
export function usePlot(
  height: number,
  optionsFor: (width: number) => uPlot.Options,
  data: uPlot.AlignedData | null,
): RefObject<HTMLDivElement | null> {
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const empty = data === null;
  useEffect(() => {
    const element = holder.current;
    if (element === null || empty) {
      return;
    }
    const drawn = new uPlot(optionsFor(element.clientWidth), [[], []], element);
    plot.current = drawn;
    const sizes = new ResizeObserver(() => drawn.setSize({ width: element.clientWidth, height }));
    sizes.observe(element);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    // Colours are functions in the options, so that a change between light and dark only needs a redraw.
    const redraw = (): void => drawn.redraw(false);
    scheme.addEventListener('change', redraw);
    return () => {
      scheme.removeEventListener('change', redraw);
      sizes.disconnect();
      drawn.destroy();
      plot.current = null;
    };
  }, [empty]);
  useEffect(() => {
    if (data !== null) {
      plot.current?.setData(data);
    }
  }, [data]);
  return holder;
}
