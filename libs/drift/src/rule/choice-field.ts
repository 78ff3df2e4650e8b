import { z } from 'zod';
import { OUTPUTS } from '../variables/variable.js';
import { textField } from './rule-fields.js';

/** Which variables of one source are meant. */
export type VariableChoice = 'all' | 'none' | readonly string[];

/** `all`, `none` or a list. */
export const choiceField = (what: string) =>
  z.union([z.literal('all'), z.literal('none'), z.array(textField).min(1)], {
    error: `must be all, none or a list of ${what}`,
  });

/** `outputs` of a monitor. */
export const outputsField = choiceField(`outputs: ${Object.keys(OUTPUTS).join(', ')}`).superRefine(
  (value, context) => {
    for (const name of Array.isArray(value) ? value : []) {
      if (!Object.hasOwn(OUTPUTS, name)) {
        context.addIssue(`must name outputs of ${Object.keys(OUTPUTS).join(', ')}, and names ${name}`);
      }
    }
  },
);
