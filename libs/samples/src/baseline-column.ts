import { AppError } from '@tidewatch/core';

import type { FeatureColumn } from './baseline.js';

/** Texts that stand for a number that is not finite. */
const NOT_FINITE = /^[+-]?(nan|inf|infinity)$/i;

/** Collects the values of one feature of a reference dataset, whose type its values decide. */
export class BaselineColumn {
  private readonly name: string;
  private readonly numbers: number[] = [];
  private readonly categories = new Map<string, number>();
  private readonly booleans = new Map<string, number>();
  /** Texts such as `NaN`: counted apart until it is clear whether the column is numeric. */
  private readonly notFiniteTexts = new Map<string, number>();

  constructor(name: string) {
    this.name = name;
  }

  addNumber(value: number): void {
    this.numbers.push(value);
  }

  addBoolean(value: boolean): void {
    countUp(this.booleans, String(value));
  }

  addText(value: string): void {
    countUp(NOT_FINITE.test(value) ? this.notFiniteTexts : this.categories, value);
  }

  /**
   * The finished column.
   *
   * @param rows rows of the dataset; those without a value here are nulls
   * @throws AppError `samples.malformed` when the values are of several types
   */
  finish(rows: number): FeatureColumn {
    const notFinite = total(this.notFiniteTexts);
    if (this.numbers.length === 0 && this.categories.size + this.booleans.size > 0) {
      // Beside words "NaN" is a word.
      this.notFiniteTexts.forEach((count, text) => this.categories.set(text, count));
      this.notFiniteTexts.clear();
    }
    const counts = {
      numeric: this.numbers.length + total(this.notFiniteTexts),
      text: total(this.categories),
      boolean: total(this.booleans),
    };
    const types = (['numeric', 'text', 'boolean'] as const).filter((type) => counts[type] > 0);
    if (types.length > 1) {
      throw new AppError({
        code: 'samples.malformed',
        message: `The feature ${this.name} has values of several types: ${types.map((type) => `${counts[type]} ${type}`).join(', ')}.`,
        hint: 'A feature of a reference dataset must have one type; null is allowed beside it.',
      });
    }
    const type = types[0] ?? 'text';
    return {
      type,
      values: this.numbers,
      categories: Object.fromEntries(type === 'boolean' ? this.booleans : this.categories),
      nulls: rows - counts[type],
      notFinite: type === 'numeric' ? notFinite : 0,
    };
  }
}

function countUp(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function total(counts: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const count of counts.values()) {
    sum += count;
  }
  return sum;
}
