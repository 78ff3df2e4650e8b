import type { Objective } from './objective.js';

const MAXIMUM_NAME = 63;

/** Text as part of a name: lower-case letters, digits and dashes. `''` when nothing of it can be. */
export function slugOf(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

/**
 * Names of the definitions that the objectives of one document make: that of the document for the only one, and
 * `<document>-<objective>` for several, by their display names where these differ and fit, or by their numbers from 1.
 */
export function definitionNames(document: string, objectives: readonly Objective[]): string[] {
  if (objectives.length === 1) {
    return [document];
  }
  return partNames(
    objectives.map(({ displayName }) => displayName),
    MAXIMUM_NAME - document.length - 1,
  ).map((part) => `${document}-${part}`);
}

/**
 * One name for each of `texts`, all different.
 *
 * @param longest how many characters a name may have
 */
export function partNames(texts: readonly (string | undefined)[], longest: number): string[] {
  const slugs = texts.map((text) => slugOf(text ?? ''));
  const isUsable = slugs.map(
    (slug) =>
      slug !== '' &&
      slug.length <= longest &&
      !/^\d+$/.test(slug) &&
      slugs.filter((other) => other === slug).length === 1,
  );
  return slugs.map((slug, index) => (isUsable[index] === true ? slug : String(index + 1)));
}
