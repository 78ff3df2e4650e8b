/** What was wrong with a line; caught by the parser, which knows the line's number. */
export class LineError extends Error {}

/** At most this much of a line is quoted in a problem: a page of HTML, or worse, is not for the log. */
const QUOTED = 24;
const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL_NAME = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const TOKEN = /[^ \t]+/y;
const BACKSLASH = 0x5c;
const SPECIAL = /["\\]/g;

/** Reads the parts of one line from left to right. */
export class LineReader {
  readonly text: string;
  position = 0;

  constructor(text: string) {
    this.text = text;
  }

  get atEnd(): boolean {
    return this.position >= this.text.length;
  }

  /** Passes blanks and tabs. @returns whether there were any */
  skipBlanks(): boolean {
    const before = this.position;
    for (;;) {
      const code = this.text.charCodeAt(this.position);
      if (code !== 0x20 && code !== 0x09) {
        return this.position > before;
      }
      this.position += 1;
    }
  }

  /** Passes `character` if it comes next. */
  accept(character: string): boolean {
    if (this.text[this.position] !== character) {
      return false;
    }
    this.position += 1;
    return true;
  }

  /** The name of a metric, plain or in double quotes (UTF-8 names); `undefined` when none comes next. */
  metricName(): string | undefined {
    return this.text[this.position] === '"' ? this.quoted('metric name') : this.match(NAME);
  }

  /** The name of a label, plain or in double quotes. */
  labelName(): string | undefined {
    return this.text[this.position] === '"' ? this.quoted('label name') : this.match(LABEL_NAME);
  }

  /** Everything up to the next blank; empty at the end of the line. */
  token(): string {
    return this.match(TOKEN) ?? '';
  }

  /** The rest of the line. */
  rest(): string {
    const rest = this.text.slice(this.position);
    this.position = this.text.length;
    return rest;
  }

  /**
   * A text in double quotes with the escapes `\\`, `\"` and `\n`. Before any other character a backslash stands for
   * itself, as Prometheus reads it.
   */
  quoted(what: string): string {
    if (!this.accept('"')) {
      throw new LineError(`the ${what} must be in double quotes, and ${this.here()} follows`);
    }
    const end = this.text.indexOf('"', this.position);
    if (end !== -1 && this.text.charCodeAt(end - 1) !== BACKSLASH) {
      const plain = this.text.slice(this.position, end);
      if (!plain.includes('\\')) {
        this.position = end + 1;
        return plain;
      }
    }
    return this.escaped(what);
  }

  private escaped(what: string): string {
    let value = '';
    for (;;) {
      SPECIAL.lastIndex = this.position;
      const found = SPECIAL.exec(this.text);
      if (found === null) {
        throw new LineError(`the ${what} has no closing quote`);
      }
      value += this.text.slice(this.position, found.index);
      this.position = found.index + 1;
      if (found[0] === '"') {
        return value;
      }
      value += unescaped(this.text[this.position]);
      this.position += 1;
    }
  }

  /** What comes next, in words for a problem. */
  here(): string {
    const rest = this.text.slice(this.position, this.position + QUOTED);
    return rest === '' ? 'the end of the line' : quote(rest);
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text)?.[0];
    this.position += found?.length ?? 0;
    return found;
  }
}

/** The first characters of a text in quotes, control characters escaped. */
export function quote(text: string): string {
  return JSON.stringify(text.slice(0, QUOTED));
}

/** Resolves the escapes of a HELP text: `\\`, `\n` and, in OpenMetrics, `\"`. */
export function unescapeHelp(text: string): string {
  return text.includes('\\') ? text.replace(/\\(.)/gs, (_, character: string) => unescaped(character)) : text;
}

function unescaped(character: string | undefined): string {
  if (character === 'n') {
    return '\n';
  }
  return character === '\\' || character === '"' ? character : `\\${character ?? ''}`;
}
