import { AppError } from '@tidewatch/core';
import type { SloDefinition } from '@tidewatch/slo';
import { projectOfRule } from '../../evaluate/rule-project.js';
import type { Runtime } from '../../runtime.js';

/** The SLOs in force of a project. */
export function slosOf(runtime: Runtime, project: string): SloDefinition[] {
  return runtime.rules().slos.filter((slo) => projectOfRule(slo) === project);
}

/** The SLO of a project by its name. @throws AppError `request.not-found` */
export function findSlo(runtime: Runtime, project: string, name: string): SloDefinition {
  const found = slosOf(runtime, project).find((slo) => slo.name === name);
  if (found === undefined) {
    throw new AppError({
      code: 'request.not-found',
      message: `There is no SLO "${name.slice(0, 80)}".`,
      hint: 'GET /api/v1/slos lists what there is.',
    });
  }
  return found;
}
