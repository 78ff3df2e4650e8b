import { RE2JS } from 're2js';
import type { FieldCondition } from '../sli/field-condition.js';

/** Tells whether an event fulfils conditions. `fieldOf` yields `''` for a field that the event lacks. */
export type EventTest = (fieldOf: (field: string) => string) => boolean;

/** Makes a test of all `conditions` together, with regular expressions compiled once; none hold always. */
export function eventTest(conditions: readonly FieldCondition[]): EventTest {
  const tests = conditions.map(({ field, op, value }): EventTest => {
    const test = valueTest(op, value);
    return (fieldOf) => test(fieldOf(field));
  });
  return (fieldOf) => tests.every((test) => test(fieldOf));
}

function valueTest(op: FieldCondition['op'], value: FieldCondition['value']): (found: string) => boolean {
  switch (op) {
    case '=':
      return (found) => found === String(value);
    case '!=':
      return (found) => found !== String(value);
    case '=~': {
      const expression = RE2JS.compile(String(value));
      return (found) => expression.matches(found);
    }
    case '!~': {
      const expression = RE2JS.compile(String(value));
      return (found) => !expression.matches(found);
    }
    case '<':
      return (found) => found !== '' && Number(found) < Number(value);
    case '<=':
      return (found) => found !== '' && Number(found) <= Number(value);
    case '>':
      return (found) => found !== '' && Number(found) > Number(value);
    case '>=':
      return (found) => found !== '' && Number(found) >= Number(value);
  }
}
