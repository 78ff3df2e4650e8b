import type { ExpositionFormat, Label, Sample, ScrapedExemplar } from './exposition.js';
import { LineError, LineReader, quote } from './line-reader.js';
import { parseMilliseconds, parseSeconds, parseValue } from './number-text.js';

/** No real exposition comes near; more is a runaway loop in the target. */
const MAXIMUM_LABELS = 128;

/**
 * Reads one sample:
 *
 * ```text
 * name {label="value",…} value [timestamp] [# {exemplar labels} value [timestamp]]
 * ```
 *
 * Timestamps are milliseconds in Prometheus text and seconds in OpenMetrics. A name in quotes may stand first inside
 * the braces (UTF-8 names).
 *
 * @param labelLength the most characters a label's name or value may have
 * @throws LineError saying what is wrong; `onName` has then been told the metric's name as far as it was read
 */
export function parseSampleLine(
  text: string,
  line: number,
  format: ExpositionFormat,
  labelLength: number,
  onName: (name: string) => void,
): Sample {
  const reader = new LineReader(text);
  reader.skipBlanks();
  let name = reader.metricName();
  if (name !== undefined) {
    onName(name);
  }
  reader.skipBlanks();
  let labels: readonly Label[] = [];
  if (reader.accept('{')) {
    const block = readLabels(reader, labelLength, name === undefined);
    name ??= block.name;
    labels = block.labels;
    reader.skipBlanks();
  }
  if (name === undefined) {
    throw new LineError(`must start with the name of a metric, and starts with ${quote(text.trimStart())}`);
  }
  onName(name);
  const value = readValue(reader, 'value');
  reader.skipBlanks();
  const timeUnixNano = reader.atEnd || reader.text[reader.position] === '#' ? null : readTime(reader, format);
  const exemplar = readExemplar(reader, format, labelLength);
  if (!reader.atEnd) {
    throw new LineError(`has ${reader.here()} after the value`);
  }
  return { name, labels, value, timeUnixNano, exemplar, line };
}

function readLabels(
  reader: LineReader,
  labelLength: number,
  mayHoldName: boolean,
): { name: string | undefined; labels: Label[] } {
  const labels: Label[] = [];
  const seen = new Set<string>();
  let metric: string | undefined;
  reader.skipBlanks();
  while (!reader.accept('}')) {
    const isQuoted = reader.text[reader.position] === '"';
    const name = reader.labelName();
    if (name === undefined) {
      throw new LineError(`has no label name where ${reader.here()} is`);
    }
    reader.skipBlanks();
    if (reader.accept('=')) {
      reader.skipBlanks();
      const value = reader.quoted(`value of the label ${quote(name)}`);
      addLabel(labels, seen, [name, value], labelLength);
    } else if (mayHoldName && isQuoted && metric === undefined && labels.length === 0) {
      metric = name;
    } else {
      throw new LineError(`the label ${quote(name)} has no value`);
    }
    reader.skipBlanks();
    if (!reader.accept(',') && reader.text[reader.position] !== '}') {
      throw new LineError(`has ${reader.here()} where a comma or a closing brace should be`);
    }
    reader.skipBlanks();
  }
  return { name: metric, labels };
}

function addLabel(labels: Label[], seen: Set<string>, label: Label, labelLength: number): void {
  const [name, value] = label;
  if (seen.has(name)) {
    throw new LineError(`has the label ${quote(name)} twice`);
  }
  if (name.length > labelLength || value.length > labelLength) {
    throw new LineError(`the label ${quote(name)} is longer than ${labelLength} characters`);
  }
  if (labels.length === MAXIMUM_LABELS) {
    throw new LineError(`has more than ${MAXIMUM_LABELS} labels`);
  }
  seen.add(name);
  labels.push(label);
}

function readValue(reader: LineReader, what: string) {
  const text = reader.token();
  const value = parseValue(text);
  if (value === undefined) {
    throw new LineError(text === '' ? `has no ${what}` : `the ${what} ${quote(text)} is not a number`);
  }
  return value;
}

function readTime(reader: LineReader, format: ExpositionFormat): bigint {
  const text = reader.token();
  const time = format === 'openmetrics' ? parseSeconds(text) : parseMilliseconds(text);
  if (time === undefined) {
    const unit = format === 'openmetrics' ? 'seconds' : 'whole milliseconds';
    throw new LineError(`the timestamp ${quote(text)} is not a time in ${unit} since 1970`);
  }
  reader.skipBlanks();
  return time;
}

function readExemplar(
  reader: LineReader,
  format: ExpositionFormat,
  labelLength: number,
): ScrapedExemplar | null {
  if (!reader.accept('#')) {
    return null;
  }
  if (format === 'prometheus') {
    throw new LineError('has an exemplar, which only OpenMetrics knows');
  }
  reader.skipBlanks();
  if (!reader.accept('{')) {
    throw new LineError(`has ${reader.here()} where the labels of the exemplar should be`);
  }
  const { labels } = readLabels(reader, labelLength, false);
  reader.skipBlanks();
  const value = readValue(reader, 'value of the exemplar');
  reader.skipBlanks();
  return { labels, value, timeUnixNano: reader.atEnd ? null : readTime(reader, format) };
}
