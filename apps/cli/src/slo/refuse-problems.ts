import { AppError, formatProblem } from '@tidewatch/core';
import type { ReadDefinitions } from './read-definitions.js';

/**
 * Stops a command that works on rules which cannot be used.
 *
 * @throws AppError `cli.rules-invalid` with all problems when there are any
 */
export function refuseProblems({ problems }: Pick<ReadDefinitions, 'problems'>): void {
  if (problems.length > 0) {
    throw new AppError({
      code: 'cli.rules-invalid',
      message: `The rules cannot be used:\n${problems.map((problem) => `  ${formatProblem(problem)}`).join('\n')}`,
      hint: 'Check them with "tidewatch slo validate".',
    });
  }
}
