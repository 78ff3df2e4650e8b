import type { z } from 'zod';
import type { Objective } from '../objective.js';

/** Something wrong with an objective for the kind of SLI it is used with. */
export interface ObjectiveFault {
  /** Key of the objective, such as `op`. */
  readonly key: keyof Objective;
  readonly message: string;
}

/** One way to define good and total events, as OpenSLO writes it. */
export interface SliKind<Sli> {
  /** The key of an SLI's `spec` that holds this kind. */
  readonly key: string;
  /** What may stand under that key. */
  readonly schema: z.ZodType;
  /**
   * Joins the parsed specification with the objective that uses it.
   *
   * @param spec what `schema` yields
   */
  resolve(spec: unknown, objective: Objective): Sli | readonly ObjectiveFault[];
}

/** Makes an {@link SliKind} whose `resolve` knows what its own schema yields. */
export function defineSliKind<Spec, Sli>(kind: {
  readonly key: string;
  readonly schema: z.ZodType<Spec>;
  resolve(spec: Spec, objective: Objective): Sli | readonly ObjectiveFault[];
}): SliKind<Sli> {
  return { ...kind, resolve: (spec, objective) => kind.resolve(spec as Spec, objective) };
}
