/**
 * How exactly documents must follow OpenSLO. `strict`: as its reference validator asks. `lenient`: what is clear
 * enough is accepted, with a warning.
 */
export type SloMode = 'strict' | 'lenient';

/** Something about one of the documents given to {@link resolveSlos}. */
export interface SloProblem {
  /** Index into the documents. */
  readonly documentIndex: number;
  /** Keys from the root of the document to the place, such as `['spec', 'objectives', 0, 'op']`. */
  readonly path: readonly PropertyKey[];
  /** What is wrong and what would be right. */
  readonly message: string;
}

/** Where what is found in one document goes. */
export interface Findings {
  /** What cannot be used. */
  fault(path: readonly PropertyKey[], message: string): void;
  /** What can be used and is told anyway. */
  warn(path: readonly PropertyKey[], message: string): void;
  /** What OpenSLO does not allow and is clear nevertheless: a fault in strict mode, a warning in lenient mode. */
  tolerate(path: readonly PropertyKey[], message: string): void;
  /** What Tidewatch adds to OpenSLO and its own documentation describes: a fault in strict mode, and nothing in lenient mode. */
  extension(path: readonly PropertyKey[], message: string): void;
  /** Whether there was no fault yet. */
  isSound(): boolean;
}

/** Collects findings of one document into the lists of all; each is kept once. */
export function findingsOf(
  documentIndex: number,
  mode: SloMode,
  problems: SloProblem[],
  warnings: SloProblem[],
): Findings {
  let sound = true;
  const told = new Set<string>();
  const add = (list: SloProblem[], path: readonly PropertyKey[], message: string) => {
    const key = JSON.stringify([path.map(String), message]);
    if (!told.has(key)) {
      told.add(key);
      list.push({ documentIndex, path, message });
    }
  };
  const fault: Findings['fault'] = (path, message) => {
    sound = false;
    add(problems, path, message);
  };
  const warn: Findings['warn'] = (path, message) => add(warnings, path, message);
  const isStrict = mode === 'strict';
  return {
    fault,
    warn,
    tolerate: isStrict ? fault : warn,
    extension: isStrict ? fault : () => undefined,
    isSound: () => sound,
  };
}
