import { benjaminiHochberg, twoProportionExact } from '@tidewatch/stats';
import type { MeasuredEvent } from './drift-event.js';

/** How many samples of a segment there are, and how many are in the event. */
export interface ScannedSegment {
  /** `channel=card_present` or `channel=web,device=phone`. */
  readonly segment: string;
  readonly rows: number;
  readonly inEvent: number;
}

/** A segment's part in an effect. */
export interface SegmentPart {
  readonly segment: string;
  readonly rows: number;
  /** Part of all samples that are the segment's. */
  readonly weight: number;
  /** Part of the effect that the segment explains; several segments overlap, so parts add up to more than 1. */
  readonly explained: number;
}

/** Which segments carry an effect. */
export interface SegmentExplanation {
  /** The smallest segment that explains it; `null` when it is everywhere, or nowhere in particular. */
  readonly smallest: SegmentPart | null;
  /** The segments that explain more than their weight, most first, at most five. */
  readonly top: readonly SegmentPart[];
}

/** A segment must explain this much to be blamed alone. */
const ENOUGH = 0.8;
/** … and that much more than its share of the samples, for one with all samples explains everything. */
const BEYOND_WEIGHT = 0.2;
const TOP = 5;

/**
 * Finds the segments that carry an effect. The excess of an event over what the baseline leads to expect,
 * `rows (share - reference share)`, is a sum over the samples; a segment's part of it is what it explains.
 *
 * Segments in which the event is no more frequent than chance allows (Fisher's test against all other samples,
 * Benjamini-Hochberg over all segments) are left out. Among those that explain {@link ENOUGH} the one with the fewest
 * samples is the smallest; a pair is only named where it is smaller than each of its halves.
 *
 * @param alpha chance of blaming a segment for nothing
 */
export function explainSegments(
  event: MeasuredEvent,
  scanned: readonly ScannedSegment[],
  alpha: number,
): SegmentExplanation {
  const { rows, inEvent, referenceShare } = event;
  const excess = inEvent - rows * referenceShare;
  if (!(rows > 0) || excess === 0) {
    return { smallest: null, top: [] };
  }
  const adjusted = benjaminiHochberg(
    scanned.map((each) =>
      each.rows === 0 || each.rows >= rows
        ? 1
        : twoProportionExact(each.inEvent, each.rows, Math.max(0, inEvent - each.inEvent), rows - each.rows)
            .pValue,
    ),
  );
  const parts = scanned
    .filter((_, index) => adjusted[index]! < alpha)
    .map((each) => ({
      segment: each.segment,
      rows: each.rows,
      weight: each.rows / rows,
      explained: (each.inEvent - each.rows * referenceShare) / excess,
    }))
    .filter(({ explained, weight }) => explained > weight);
  const blamed = parts
    .filter(({ explained, weight }) => explained >= ENOUGH && explained - weight >= BEYOND_WEIGHT)
    .sort((a, b) => a.rows - b.rows || dimensions(a) - dimensions(b) || compare(a.segment, b.segment));
  const top = parts.sort(
    (a, b) =>
      b.explained - b.weight - (a.explained - a.weight) ||
      dimensions(a) - dimensions(b) ||
      compare(a.segment, b.segment),
  );
  return { smallest: blamed[0] ?? null, top: top.slice(0, TOP) };
}

function dimensions({ segment }: SegmentPart): number {
  return segment.split(',').length;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
