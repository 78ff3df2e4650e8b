import type { Family, FamilyType, Sample } from './exposition.js';
import { LineError, LineReader, quote, unescapeHelp } from './line-reader.js';

const TYPES: ReadonlySet<string> = new Set<FamilyType>([
  'counter',
  'gauge',
  'histogram',
  'gaugehistogram',
  'summary',
  'info',
  'stateset',
  'unknown',
]);

/** What a sample's name may add to the name of its family. */
const SUFFIXES: Readonly<Record<FamilyType, readonly string[]>> = {
  counter: ['', '_total', '_created'],
  gauge: [''],
  histogram: ['_bucket', '_count', '_sum', '_created'],
  gaugehistogram: ['_bucket', '_gcount', '_gsum', '_count', '_sum'],
  summary: ['', '_count', '_sum', '_created'],
  info: ['_info', ''],
  stateset: [''],
  unknown: [''],
};
const ALL_SUFFIXES = [...new Set(Object.values(SUFFIXES).flat())].filter((suffix) => suffix !== '');

interface OpenFamily {
  readonly name: string;
  type: FamilyType;
  typed: boolean;
  help: string;
  unit: string;
  readonly samples: Sample[];
  incomplete: boolean;
}

/**
 * Gathers lines into families.
 *
 * The formats want the lines of a family together and its TYPE before its samples. Samples are found a family wherever
 * they stand; a TYPE that comes too late, or twice, is a problem and changes nothing.
 */
export class FamilyBuilder {
  private readonly byName = new Map<string, OpenFamily>();
  private current: OpenFamily | undefined;

  /** Takes a line that starts with `#`; comments are passed over. @throws LineError */
  metadata(text: string): void {
    const reader = new LineReader(text);
    reader.accept('#');
    reader.skipBlanks();
    const keyword = reader.token();
    if (keyword !== 'TYPE' && keyword !== 'HELP' && keyword !== 'UNIT') {
      return;
    }
    reader.skipBlanks();
    const name = reader.metricName();
    if (name === undefined || !(reader.skipBlanks() || reader.atEnd)) {
      throw new LineError(`${keyword} names no metric`);
    }
    const family = this.open(name);
    this.current = family;
    if (keyword === 'HELP') {
      family.help = unescapeHelp(reader.rest());
    } else if (keyword === 'UNIT') {
      family.unit = reader.rest().trim();
    } else {
      declareType(family, reader.rest().trim());
    }
  }

  add(sample: Sample): void {
    const family = this.familyOf(sample.name) ?? this.open(sample.name);
    this.current = family;
    family.samples.push(sample);
  }

  /** Says that a line was lost. Without a name it is taken to be of the family around it. */
  lost(name: string | undefined): void {
    const family = name === undefined ? this.current : this.familyOf(name);
    if (family !== undefined) {
      family.incomplete = true;
    }
  }

  families(): Family[] {
    return [...this.byName.values()];
  }

  private open(name: string): OpenFamily {
    let family = this.byName.get(name);
    if (family === undefined) {
      family = { name, type: 'unknown', typed: false, help: '', unit: '', samples: [], incomplete: false };
      this.byName.set(name, family);
    }
    return family;
  }

  private familyOf(name: string): OpenFamily | undefined {
    if (this.current !== undefined && belongs(name, this.current)) {
      return this.current;
    }
    const exact = this.byName.get(name);
    if (exact !== undefined && belongs(name, exact)) {
      return exact;
    }
    const suffix = ALL_SUFFIXES.find((each) => {
      const family = name.endsWith(each) ? this.byName.get(name.slice(0, -each.length)) : undefined;
      return family !== undefined && belongs(name, family);
    });
    return suffix === undefined ? exact : this.byName.get(name.slice(0, -suffix.length));
  }
}

function belongs(name: string, family: OpenFamily): boolean {
  return name.startsWith(family.name) && SUFFIXES[family.type].includes(name.slice(family.name.length));
}

function declareType(family: OpenFamily, text: string): void {
  const type = text === 'untyped' ? 'unknown' : text;
  if (!TYPES.has(type)) {
    throw new LineError(`TYPE says ${quote(text)}, which is no type of metric`);
  }
  if (family.typed) {
    throw new LineError(`a second TYPE for the metric ${quote(family.name)}`);
  }
  if (family.samples.length > 0) {
    throw new LineError(`TYPE comes after samples of the metric ${quote(family.name)}`);
  }
  family.type = type as FamilyType;
  family.typed = true;
}
