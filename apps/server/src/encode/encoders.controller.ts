import { Controller, Get, Inject, Req } from '@nestjs/common';
import type { EncoderRule, EncoderStatus } from '@tidewatch/encoder';
import type { FastifyRequest } from 'fastify';
import { projectOfRule } from '../evaluate/rule-project.js';
import { projectOf } from '../query/api-request.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import type { EncoderState } from './encoders-in-force.js';

/** An encoder as the console shows it. */
export interface EncoderView {
  readonly name: string;
  readonly owner: string;
  readonly model: string;
  readonly input: string;
  /** What the model is read from. */
  readonly source: string;
  readonly sha256: string;
  readonly dimension: number | null;
  readonly state: EncoderStatus['state'];
  readonly problem: string;
  /** Where it runs, and why not on each better one; `null` while it does not run. */
  readonly provider: string | null;
  readonly device: string;
  readonly rejected: readonly { readonly provider: string; readonly reason: string }[];
  readonly queued: number;
  readonly encoded: number;
  readonly refused: number;
  readonly batches: number;
  readonly restarts: number;
  readonly residentBytes: number;
  readonly profile: EncoderStatus['profile'];
}

/** `GET /api/v1/encoders`: the encoders of the rules in force, and what waits for them. */
@Controller('api/v1/encoders')
export class EncodersController {
  private readonly runtime: Runtime;

  constructor(@Inject(RUNTIME) runtime: Runtime) {
    this.runtime = runtime;
  }

  @Get()
  async encoders(@Req() request: FastifyRequest): Promise<{
    items: EncoderView[];
    backlog: { rows: number; bytes: number; oldestAt: number | null };
    now: number;
  }> {
    const project = projectOf(this.runtime, request);
    const { encode, store } = this.runtime;
    const running = new Map(encode?.encoders.all().map(({ rule, state }) => [rule.name, state]));
    const items = this.runtime
      .rules()
      .encoders.filter((rule) => projectOfRule(rule) === project)
      .map((rule) => encoderView(rule, running.get(rule.name)));
    return { items, backlog: await store.encoding.backlog(), now: Date.now() };
  }
}

const IDLE = {
  dimension: null,
  provider: null,
  device: '',
  rejected: [],
  queued: 0,
  encoded: 0,
  refused: 0,
  batches: 0,
  restarts: 0,
  residentBytes: 0,
  profile: null,
} as const;

function encoderView(rule: EncoderRule, state: EncoderState | undefined): EncoderView {
  const { name, owner, model, input, source } = rule;
  const about = { name, owner, model, input, source: sourceText(source), sha256: rule.sha256 ?? '' };
  if (state === undefined) {
    const problem = 'it runs in another process, one with the encode role';
    return { ...about, ...IDLE, state: 'closed', problem };
  }
  switch (state.kind) {
    case 'loading':
      return { ...about, ...IDLE, state: 'starting', problem: '' };
    case 'failed':
      return { ...about, ...IDLE, state: 'failed', problem: state.problem };
    case 'open': {
      const { provider, ...status } = state.encoder.status();
      return {
        ...about,
        ...status,
        name,
        provider: provider?.provider ?? null,
        device: provider?.device ?? '',
        rejected: provider?.rejected ?? [],
      };
    }
  }
}

function sourceText(source: EncoderRule['source']): string {
  switch (source.kind) {
    case 'reference':
      return `reference ${source.name}`;
    case 'file':
      return source.path;
    case 'url':
      return source.url;
  }
}
