import { readYamlDocuments } from '@tidewatch/config';
import { AppError, formatProblem, type Problem } from '@tidewatch/core';
import { resolveSlos, sloDocumentSchema, type SloDefinition, type SloDocument } from '@tidewatch/slo';
import { stringify } from 'yaml';

/** SLOs with the YAML that defines them. */
export interface DefinedSlos {
  readonly documents: string;
  readonly slos: readonly SloDefinition[];
}

/**
 * The SLOs that a server has given the document of, as YAML or as JSON.
 *
 * @param name of the SLO
 * @throws AppError `cli.bad-answer` when the document is not one that this command understands
 */
export function definitionsOfText(document: unknown, name: string): DefinedSlos {
  const documents = typeof document === 'string' ? document : stringify(document);
  const problems: Problem[] = [];
  const parsed = readYamlDocuments(name, documents, problems).flatMap(({ value }): SloDocument[] => {
    const result = sloDocumentSchema.safeParse(value);
    return result.success ? [result.data] : [];
  });
  const slos = resolveSlos(parsed).slos.filter((slo) => slo.name === name);
  if (problems.length > 0 || slos.length === 0) {
    throw new AppError({
      code: 'cli.bad-answer',
      message:
        `The document that the server gives of ${name} cannot be read. ${problems.map(formatProblem).join(' ')}`.trim(),
      hint: 'Use the command of the same version as the server, or name the file that defines the SLO.',
    });
  }
  return { documents, slos };
}
