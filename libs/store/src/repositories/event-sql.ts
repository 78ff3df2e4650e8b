import type { DriftEvent } from '@tidewatch/drift';
import type { Parameters } from '../parameters.js';

/** An event of one variable. */
export interface SampleEvent {
  /** Id of the variable, and whether its values are numbers. */
  readonly variable: string;
  readonly numeric: boolean;
  readonly event: DriftEvent;
}

/** A sample in an event. */
export interface EventExample {
  readonly predictionId: string;
  readonly timestamp: number;
  /** What it has of the variable; `null` for nothing. */
  readonly value: number | string | null;
}

/** Those of a sample's values, an array of (variable, kind, number, text), that are of the variable. */
export const itemsIn = (values: string): string =>
  `arrayFilter(item -> tupleElement(item, 1) = {variable:String}, ${values})`;

/** Those of the variable's type. */
const usableIn = (values: string): string =>
  `arrayFilter(item -> if({numeric:Bool}, tupleElement(item, 2) = 0 AND isFinite(tupleElement(item, 3)), tupleElement(item, 2) = 1), ${itemsIn(values)})`;

/** How many values of a sample count: all samples count once for an event about what is missing. */
export const countedIn = (values: string): string =>
  `if({event:String} = 'missing', 1, length(${usableIn(values)}))`;

/** How many of them are in the event. */
export const metIn = (
  values: string,
): string => `multiIf({event:String} = 'missing', toUInt64(empty(${usableIn(values)})),
    {event:String} = 'below', arrayCount(item -> tupleElement(item, 3) < {threshold:Float64}, ${usableIn(values)}),
    {event:String} = 'at-or-above', arrayCount(item -> tupleElement(item, 3) >= {threshold:Float64}, ${usableIn(values)}),
    {event:String} = 'category', arrayCount(item -> has({categories:Array(String)}, tupleElement(item, 4)), ${usableIn(values)}),
    arrayCount(item -> NOT has({categories:Array(String)}, tupleElement(item, 4)), ${usableIn(values)}))`;

/** The parameters of {@link metIn}. */
export function eventParameters({ variable, numeric, event }: SampleEvent): Parameters {
  return {
    variable,
    numeric,
    event: event.kind,
    threshold: 'threshold' in event ? event.threshold : 0,
    categories:
      event.kind === 'category' ? [event.category] : event.kind === 'unseen' ? event.categories : [],
  };
}
