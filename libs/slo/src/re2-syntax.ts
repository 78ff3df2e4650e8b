import { RE2JS } from 're2js';
import { z } from 'zod';
import { expected } from './field-errors.js';

/** Whether `text` is a regular expression that ClickHouse, whose engine is RE2, can run. */
export function isRe2(text: string): boolean {
  try {
    RE2JS.compile(text);
    return true;
  } catch {
    return false;
  }
}

const message = expected(
  'a regular expression in RE2 syntax (no look-around and no back-references), such as "5.."',
);

/** A regular expression that works wherever it will be run. */
export const expressionSchema = z.string({ error: message }).refine(isRe2, { error: message });
