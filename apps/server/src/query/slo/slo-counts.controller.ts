import { Controller, Inject, Post, Req } from '@nestjs/common';
import { parseDocument, readYamlDocuments } from '@tidewatch/config';
import { AppError, formatProblem, isAppError, type Problem, type TimeRange } from '@tidewatch/core';
import {
  GroupRegistry,
  resolveSlos,
  sloDocumentSchema,
  type SloDefinition,
  type SloDocument,
} from '@tidewatch/slo';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { EventCounter } from '../../evaluate/slo/event-counter.js';
import type { GroupCounts, SloCounts } from '../../evaluate/slo/slo-counts.js';
import { readJson } from '../../http/json-body.js';
import { RUNTIME, type Runtime } from '../../runtime.js';
import { projectOf } from '../api-request.js';

const MOST_BYTES = 1024 * 1024;
const DAY_MS = 86_400_000;
/** What one request may be about: a day, so that none of them takes long. */
const LONGEST_MS = DAY_MS;

const requestSchema = z.strictObject({
  documents: z.string(),
  from: z.number().int(),
  to: z.number().int(),
  resolutionMs: z.union([z.literal(10_000), z.literal(60_000), z.literal(3_600_000)]),
});

/** The events of SLOs that are not in force yet, from what is stored. */
export interface CountsView {
  readonly slos: readonly {
    readonly name: string;
    readonly groups: readonly {
      readonly group: string;
      /** Per member, slices with events as `[start, good, total]`, oldest first. */
      readonly members: readonly (readonly [start: number, good: number, total: number][])[];
    }[];
  }[];
  /** What is wrong with the documents, and why an SLO cannot be counted. */
  readonly problems: readonly string[];
}

/** `POST /api/v1/slos/counts`: what SLOs would have counted, for simulating them before they are in force. Changes nothing. */
@Controller('api/v1/slos/counts')
export class SloCountsController {
  private readonly runtime: Runtime;
  private readonly counter: EventCounter;

  constructor(@Inject(RUNTIME) runtime: Runtime) {
    this.runtime = runtime;
    this.counter = new EventCounter(runtime.store);
  }

  @Post()
  async counts(@Req() request: FastifyRequest): Promise<CountsView> {
    const project = projectOf(this.runtime, request);
    const { documents, resolutionMs, ...range } = readRequest(await readJson(request, MOST_BYTES));
    const { slos, problems } = readSlos(documents);
    const registries = new Map(slos.map((slo) => [slo, new GroupRegistry(slo.groupBy?.limit ?? 1)]));
    const span = { range, sliceMs: resolutionMs, source: 'raw' as const };
    const { counts } = await this.counter.count(project, slos, span, registries);
    return {
      slos: slos.map((slo) => ({ name: slo.name, groups: groupsOf(counts.get(slo)) })),
      problems: [...problems, ...faultsOf(slos, counts)],
    };
  }
}

function readRequest(body: unknown): TimeRange & { documents: string; resolutionMs: number } {
  const parsed = requestSchema.safeParse(body);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(`The request is not understood: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}.`);
  }
  const { from, to, resolutionMs } = parsed.data;
  if (from >= to || to - from > LONGEST_MS || from % resolutionMs !== 0 || to % resolutionMs !== 0) {
    throw invalid(`Counts from ${from} to ${to} in slices of ${resolutionMs} ms cannot be given.`);
  }
  return parsed.data;
}

function invalid(message: string): AppError {
  return new AppError({
    code: 'request.invalid',
    message,
    hint: 'Send {documents: YAML text, from, to, resolutionMs}: times in milliseconds, at most a day apart, both multiples of resolutionMs, which is 10000, 60000 or 3600000.',
  });
}

function readSlos(text: string): { slos: SloDefinition[]; problems: string[] } {
  const problems: Problem[] = [];
  const documents = readYamlDocuments('documents', text, problems).flatMap((document): SloDocument[] => {
    const parsed = parseDocument(document, sloDocumentSchema, problems);
    return parsed === undefined ? [] : [parsed];
  });
  const resolved = resolveSlos(documents);
  return {
    slos: resolved.slos.filter(({ members }) => members.every(({ sli }) => sli.kind !== 'foreign')),
    problems: [
      ...problems.map(formatProblem),
      ...resolved.problems.map(({ path, message }) => `${path.map(String).join('.')} ${message}`),
    ],
  };
}

function groupsOf(counts: GroupCounts | AppError | undefined): CountsView['slos'][number]['groups'] {
  return counts === undefined || isAppError(counts)
    ? []
    : [...counts].map(([group, members]) => ({
        group,
        members: members.map((slices) => slices.map(({ start, good, total }) => [start, good, total])),
      }));
}

function faultsOf(slos: readonly SloDefinition[], counts: SloCounts): string[] {
  return slos.flatMap((slo) => {
    const found = counts.get(slo);
    return isAppError(found)
      ? [`${slo.name} cannot be counted: ${found.message}${found.hint === undefined ? '' : ` ${found.hint}`}`]
      : [];
  });
}
