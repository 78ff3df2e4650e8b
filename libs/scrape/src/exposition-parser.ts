import { AppError } from '@tidewatch/core';
import { MAXIMUM_PROBLEMS, type Exposition, type ExpositionFormat, type LineProblem } from './exposition.js';
import { FamilyBuilder } from './family-builder.js';
import { LineError } from './line-reader.js';
import { parseSampleLine } from './sample-line.js';

/** How much a target may expose. */
export interface ExpositionLimits {
  /** Bytes of text, after decompression. */
  readonly bytes: number;
  readonly samples: number;
  /** Characters of a label's name or value. A sample above it is lost and reported; the others stay. */
  readonly labelLength: number;
}

/** A line longer than this is lost: it bounds what is kept while waiting for its end. */
const MAXIMUM_LINE_BYTES = 262_144;
const NEWLINE = 0x0a;
const EMPTY = new Uint8Array(0);

/**
 * Parses Prometheus text 0.0.4 or OpenMetrics 1.0 as it arrives, in memory bounded by its limits.
 *
 * A malformed line is reported with its number and lost alone, where Prometheus gives up the whole scrape: one bad
 * library in a serving process must not blind its operator. Two cases lose everything, because what is left would be
 * wrong: OpenMetrics without its closing `# EOF` was cut on the way, and a text without a single valid sample but with
 * problems is no exposition.
 */
export class ExpositionParser {
  private readonly format: ExpositionFormat;
  private readonly limits: ExpositionLimits;
  private readonly builder = new FamilyBuilder();
  private readonly decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  private readonly problems: LineProblem[] = [];
  private problemCount = 0;
  /** The parts of a line whose end has not come yet. */
  private pending: Uint8Array[] = [];
  private pendingBytes = 0;
  private skipping = false;
  private line = 0;
  private bytes = 0;
  private sampleCount = 0;
  private lostSamples = 0;
  private ended = false;

  constructor(format: ExpositionFormat, limits: ExpositionLimits) {
    this.format = format;
    this.limits = limits;
  }

  /** Samples read so far. */
  get samples(): number {
    return this.sampleCount;
  }

  /**
   * Takes the next part; it may end anywhere, also within a character.
   *
   * @throws AppError `scrape.too-large` when a limit is passed
   */
  push(part: Uint8Array | string): void {
    const bytes = typeof part === 'string' ? new TextEncoder().encode(part) : part;
    this.bytes += bytes.length;
    if (this.bytes > this.limits.bytes) {
      throw tooLarge(`is larger than ${this.limits.bytes} bytes`, 'limits.bytes');
    }
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
      this.endLine(bytes.subarray(start, end));
      start = end + 1;
    }
    this.keep(bytes.subarray(start));
  }

  /**
   * Says that nothing more comes.
   *
   * @throws AppError `scrape.truncated` for OpenMetrics without `# EOF`; `scrape.malformed` when there is no valid
   *   sample among the problems; `scrape.too-large`
   */
  end(): Exposition {
    if (this.pendingBytes > 0 || this.skipping) {
      this.endLine(EMPTY);
    }
    const [first] = this.problems;
    if (first !== undefined && this.sampleCount === 0) {
      throw new AppError({
        code: 'scrape.malformed',
        message: `The text is no Prometheus or OpenMetrics exposition: line ${first.line}: ${first.message}.`,
        hint: 'Check that the address is that of the metrics endpoint.',
      });
    }
    if (this.format === 'openmetrics' && !this.ended) {
      throw new AppError({
        code: 'scrape.truncated',
        message: `The exposition has no "# EOF" after line ${this.line}: it was cut off.`,
        hint: 'If that repeats, the target stops before it has written everything; see its log.',
        retryable: true,
      });
    }
    return {
      format: this.format,
      families: this.builder.families(),
      samples: this.sampleCount,
      lostSamples: this.lostSamples,
      bytes: this.bytes,
      problems: this.problems,
      problemCount: this.problemCount,
    };
  }

  private keep(rest: Uint8Array): void {
    if (rest.length === 0 || this.skipping) {
      return;
    }
    this.pendingBytes += rest.length;
    this.skipping = this.pendingBytes > MAXIMUM_LINE_BYTES;
    if (this.skipping) {
      this.pending = [];
    } else {
      // A copy: the caller may use its buffer again.
      this.pending.push(rest.slice());
    }
  }

  private endLine(tail: Uint8Array): void {
    this.line += 1;
    const isTooLong = this.skipping || this.pendingBytes + tail.length > MAXIMUM_LINE_BYTES;
    const bytes = this.pending.length === 0 ? tail : joined([...this.pending, tail]);
    this.pending = [];
    this.pendingBytes = 0;
    this.skipping = false;
    if (isTooLong) {
      this.lose(undefined, `is longer than ${MAXIMUM_LINE_BYTES} bytes`, true);
      return;
    }
    let text: string;
    try {
      text = this.decoder.decode(bytes);
    } catch {
      this.lose(undefined, 'is not valid UTF-8', true);
      return;
    }
    this.readLine(text.endsWith('\r') ? text.slice(0, -1) : text);
  }

  private readLine(text: string): void {
    const trimmed = text.trim();
    if (trimmed === '') {
      return;
    }
    if (this.ended) {
      this.lose(undefined, 'comes after "# EOF"', !trimmed.startsWith('#'));
      return;
    }
    const isMetadata = trimmed.startsWith('#');
    let name: string | undefined;
    try {
      if (isMetadata) {
        this.ended = this.format === 'openmetrics' && trimmed === '# EOF';
        this.builder.metadata(trimmed);
        return;
      }
      const sample = parseSampleLine(text, this.line, this.format, this.limits.labelLength, (read) => {
        name = read;
      });
      this.count();
      this.builder.add(sample);
    } catch (error) {
      if (!(error instanceof LineError)) {
        throw error;
      }
      this.lose(name, error.message, !isMetadata);
    }
  }

  private count(): void {
    if (this.sampleCount === this.limits.samples) {
      throw tooLarge(`has more than ${this.limits.samples} samples`, 'limits.samples');
    }
    this.sampleCount += 1;
  }

  private lose(name: string | undefined, message: string, isSample: boolean): void {
    if (isSample) {
      this.lostSamples += 1;
      this.builder.lost(name);
    }
    this.problemCount += 1;
    if (this.problems.length < MAXIMUM_PROBLEMS) {
      this.problems.push({ line: this.line, message });
    }
  }
}

/**
 * Parses a whole exposition; see {@link ExpositionParser}.
 *
 * @throws AppError `scrape.malformed`, `scrape.truncated`, `scrape.too-large`
 */
export function parseExposition(
  text: Uint8Array | string,
  format: ExpositionFormat,
  limits: ExpositionLimits,
): Exposition {
  const parser = new ExpositionParser(format, limits);
  parser.push(text);
  return parser.end();
}

function tooLarge(what: string, setting: string): AppError {
  return new AppError({
    code: 'scrape.too-large',
    message: `The exposition ${what}.`,
    hint: `Raise ${setting} of the ScrapeTarget, or let the target expose less.`,
  });
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
