import { z } from 'zod';

/** What has to fire beside drift for somebody to be woken: then it does harm, and names the cause. */
export const RAISING_ASPECTS = ['outputs', 'accuracy'] as const;
export type RaisingAspect = (typeof RAISING_ASPECTS)[number];

const raiseMessage = `must be a list of ${RAISING_ASPECTS.join(' and ')}: drift is a page only together with what users feel`;

/** `raiseWith` of a rule about drift. */
export const raiseWithField = z
  .array(z.enum(RAISING_ASPECTS, { error: raiseMessage }), { error: raiseMessage })
  .transform((aspects) => [...new Set(aspects)]);

/** The severity of a rule that may page for some of what it finds. */
export const pageField = z.enum(['ticket', 'page'], { error: 'must be ticket or page' });

/** What {@link runbookProblems} reads of a document. */
interface PageDocument {
  readonly metadata: { readonly runbook: string };
  readonly spec: { readonly severity: 'page' | 'ticket'; readonly raiseWith?: readonly string[] };
}

/** Refuses a rule that may page and does not say where to read what to do. */
export function runbookProblems({ metadata, spec }: PageDocument, context: z.RefinementCtx): void {
  const pages = spec.severity === 'page' ? 'severity: page' : 'raiseWith';
  if ((spec.severity === 'page' || (spec.raiseWith ?? []).length > 0) && !isWebAddress(metadata.runbook)) {
    context.addIssue({
      code: 'custom',
      path: ['metadata', 'runbook'],
      message:
        metadata.runbook === ''
          ? `is missing: with ${pages} the monitor may page, and must say what to do, in an http(s) address`
          : `must be an http(s) address: with ${pages} the monitor may page, and whoever is woken has to open it`,
    });
  }
}

/** Anything else, such as `javascript:`, must not become a link in a message. */
function isWebAddress(text: string): boolean {
  return URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);
}
