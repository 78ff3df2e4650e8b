import type { ProcessLogger } from '@tidewatch/encoder';

/** A logger that remembers. */
export interface ProcessLog extends ProcessLogger {
  readonly lines: { readonly level: string; readonly message: string; readonly fields: object }[];
  /** All of it, one line each. */
  text(): string;
}

export function processLog(): ProcessLog {
  const lines: ProcessLog['lines'] = [];
  const write = (level: string) => (fields: object, message: string) => {
    lines.push({ level, message, fields });
  };
  return {
    lines,
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    text: () =>
      lines.map(({ level, message, fields }) => `${level} ${message} ${JSON.stringify(fields)}`).join('\n'),
  };
}
