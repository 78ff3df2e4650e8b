import { AppError } from '@tidewatch/core';

const HASH_LENGTH = 6;

/** Text, numbers and nothing, by the name of the placeholder. Nothing (`''`) removes the entry that it would fill. */
export type Fillings = Readonly<Record<string, string | number>>;

/**
 * A copy of a rule with its placeholders filled in. A text that is one placeholder takes the filling as it is, numbers as numbers; an
 * entry of a map or list that is one placeholder without a filling is left out.
 *
 * @throws AppError `slo.preset` for a placeholder that nobody knows
 */
export function fillIn(template: unknown, fillings: Fillings): unknown {
  if (typeof template === 'string') {
    const whole = /^\$\{(\w+)\}$/.exec(template)?.[1];
    return whole === undefined
      ? template.replace(/\$\{(\w+)\}/g, (_, name: string) => String(filling(fillings, name)))
      : filling(fillings, whole);
  }
  if (Array.isArray(template)) {
    return template.filter((each) => !isEmpty(each, fillings)).map((each) => fillIn(each, fillings));
  }
  if (typeof template === 'object' && template !== null) {
    return Object.fromEntries(
      Object.entries(template)
        .filter(([, each]) => !isEmpty(each, fillings))
        .map(([key, each]) => [String(fillIn(key, fillings)), fillIn(each, fillings)]),
    );
  }
  return template;
}

function isEmpty(template: unknown, fillings: Fillings): boolean {
  return typeof template === 'string' && /^\$\{\w+\}$/.test(template) && fillIn(template, fillings) === '';
}

function filling(fillings: Fillings, name: string): string | number {
  const found = Object.hasOwn(fillings, name) ? fillings[name] : undefined;
  if (found === undefined) {
    throw new AppError({
      code: 'slo.preset',
      message: `A preset has a placeholder \${${name}} that nothing fills.`,
      hint: `Known here are ${Object.keys(fillings).sort().join(', ')}.`,
    });
  }
  return found;
}

/**
 * Texts joined to a part of a name: lower-case letters, digits and dashes. One that is longer than `maximum` is cut and ends in a hash of
 * the whole, so that two places do not share a name.
 */
export function idOf(texts: readonly string[], maximum: number): string {
  const whole = texts.filter((each) => each !== '').join('/');
  const slug = whole
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  if (slug.length <= maximum) {
    return slug;
  }
  const start = slug.slice(0, maximum - HASH_LENGTH - 1).replace(/-+$/, '');
  return `${start}-${fnv1a(whole).toString(16).padStart(8, '0').slice(0, HASH_LENGTH)}`;
}

/** FNV-1a, 32 bits (http://www.isthe.com/chongo/tech/comp/fnv/). */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return hash;
}
