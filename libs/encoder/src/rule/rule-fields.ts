import { parseDuration } from '@tidewatch/core';
import { z } from 'zod';
import { parseByteSize } from './byte-size.js';

/** Text that is not blank. */
export const textField = z.string({ error: 'must be text' }).trim().min(1, 'must not be empty');

/** Any number. */
export const numberField = z.number({ error: 'must be a number' });

/** A whole number within bounds. */
export const wholeField = (least: number, most: number) =>
  z
    .int({ error: `must be a whole number from ${least} to ${most}` })
    .min(least, `must be at least ${least}`)
    .max(most, `must be at most ${most}`);

/** One of several words. */
export const wordField = <const T extends readonly [string, ...string[]]>(words: T) =>
  z.enum(words, { error: `must be ${words.slice(0, -1).join(', ')} or ${words.at(-1)}` });

/** A duration such as `20ms`, up to a longest one, read into milliseconds. */
export const durationField = (longest: { readonly text: string; readonly milliseconds: number }) =>
  z.string({ error: 'must be a duration such as 20ms' }).transform((written, context) => {
    const milliseconds = parseDuration(written);
    if (milliseconds === undefined || milliseconds > longest.milliseconds) {
      context.addIssue(
        `must be a duration of at most ${longest.text} such as 20ms, and is ${JSON.stringify(written)}`,
      );
      return z.NEVER;
    }
    return milliseconds;
  });

/** A size such as `2GiB`, from a least one, read into bytes. */
export const byteSizeField = (least: { readonly text: string; readonly bytes: number }) =>
  z.string({ error: 'must be a size such as 2GiB' }).transform((written, context) => {
    const bytes = parseByteSize(written);
    if (bytes === undefined || bytes < least.bytes) {
      context.addIssue(
        `must be a size of at least ${least.text} such as 2GiB, and is ${JSON.stringify(written)}`,
      );
      return z.NEVER;
    }
    return bytes;
  });
