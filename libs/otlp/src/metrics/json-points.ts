import { attributesAt } from '../json/any-value.js';
import { arrayAt, doubleAt, integerAt, objectAt, oneOf } from '../json/reader.js';
import type { JsonObject } from '../json/reader.js';
import type { MetricBatchBuilder } from './batch-builder.js';
import { bucketFault, FAULT, NO_RECORDED_VALUE } from './faults.js';
import type { Fault } from './faults.js';

/** Adds the NumberDataPoint at `path` to the open metric; undefined is success. */
export function addNumberPoint(builder: MetricBatchBuilder, value: unknown, path: string): Fault | undefined {
  const point = objectAt(value, path) ?? {};
  const times = pointTimes(point, path);
  if ('problem' in times) {
    return times;
  }
  const kind = oneOf(point, ['asDouble', 'asInt'], path);
  if (kind === undefined && (times.flags & NO_RECORDED_VALUE) === 0) {
    return FAULT.noValue;
  }
  const exact = kind === 'asInt' ? integerAt(point['asInt'], `${path}.asInt`, 'int64') : 0n;
  const double = kind === 'asDouble' ? doubleAt(point['asDouble'], `${path}.asDouble`) : NaN;
  if (exact === undefined || double === undefined) {
    return FAULT.numberOutOfRange;
  }
  const attributes = builder.attributesId(attributesAt(point['attributes'], `${path}.attributes`));
  const { numbers } = builder;
  const row = numbers.add(builder.seriesIndex(attributes), times.flags);
  numbers.timeUnixNano[row] = times.time;
  numbers.startTimeUnixNano[row] = times.startTime;
  numbers.valueInt[row] = exact;
  numbers.value[row] = kind === 'asInt' ? Number(exact) : double;
  numbers.isInt[row] = kind === 'asInt' ? 1 : 0;
  return undefined;
}

/** Adds the HistogramDataPoint at `path` to the open metric; undefined is success. */
export function addHistogramPoint(
  builder: MetricBatchBuilder,
  value: unknown,
  path: string,
): Fault | undefined {
  const point = objectAt(value, path) ?? {};
  const times = pointTimes(point, path);
  if ('problem' in times) {
    return times;
  }
  const count = integerAt(point['count'], `${path}.count`, 'uint64');
  const sum = optionalDouble(point, 'sum', path);
  const min = optionalDouble(point, 'min', path);
  const max = optionalDouble(point, 'max', path);
  const bucketCounts = unsignedList(point['bucketCounts'], `${path}.bucketCounts`);
  const bounds = doubleList(point['explicitBounds'], `${path}.explicitBounds`);
  if (count === undefined || sum === undefined || min === undefined || max === undefined) {
    return FAULT.numberOutOfRange;
  }
  if (bucketCounts === undefined || bounds === undefined) {
    return FAULT.numberOutOfRange;
  }
  const fault = bucketFault(bucketCounts.length, bounds);
  if (fault !== undefined) {
    return fault;
  }
  const attributes = builder.attributesId(attributesAt(point['attributes'], `${path}.attributes`));
  const { histograms } = builder;
  const row = histograms.add(builder.seriesIndex(attributes), times.flags, bucketCounts, bounds);
  histograms.timeUnixNano[row] = times.time;
  histograms.startTimeUnixNano[row] = times.startTime;
  histograms.count[row] = count;
  histograms.sum[row] = sum ?? 0;
  histograms.min[row] = min ?? 0;
  histograms.max[row] = max ?? 0;
  histograms.hasSum[row] = Number(sum !== null);
  histograms.hasMin[row] = Number(min !== null);
  histograms.hasMax[row] = Number(max !== null);
  return undefined;
}

/** The fields that points of every kind share, or why the point is refused. */
function pointTimes(
  point: JsonObject,
  path: string,
): { time: bigint; startTime: bigint; flags: number } | Fault {
  const time = integerAt(point['timeUnixNano'], `${path}.timeUnixNano`, 'uint64');
  const startTime = integerAt(point['startTimeUnixNano'], `${path}.startTimeUnixNano`, 'uint64');
  const flags = integerAt(point['flags'], `${path}.flags`, 'uint32');
  if (time === undefined || startTime === undefined || flags === undefined) {
    return FAULT.numberOutOfRange;
  }
  if (time === 0n) {
    return FAULT.noTime;
  }
  if (time >= 2n ** 63n || startTime >= 2n ** 63n) {
    return FAULT.timeOverflow;
  }
  return { time, startTime, flags: Number(flags) };
}

/** Null when unset, undefined when out of range. */
function optionalDouble(point: JsonObject, name: string, path: string): number | null | undefined {
  return point[name] == null ? null : doubleAt(point[name], `${path}.${name}`);
}

function unsignedList(value: unknown, path: string): BigUint64Array | undefined {
  const items = arrayAt(value, path);
  const values = new BigUint64Array(items.length);
  for (let index = 0; index < items.length; index++) {
    const item = integerAt(items[index], `${path}[${index}]`, 'uint64');
    if (item === undefined) {
      return undefined;
    }
    values[index] = item;
  }
  return values;
}

function doubleList(value: unknown, path: string): Float64Array | undefined {
  const items = arrayAt(value, path);
  const values = new Float64Array(items.length);
  for (let index = 0; index < items.length; index++) {
    const item = doubleAt(items[index], `${path}[${index}]`);
    if (item === undefined) {
      return undefined;
    }
    values[index] = item;
  }
  return values;
}
