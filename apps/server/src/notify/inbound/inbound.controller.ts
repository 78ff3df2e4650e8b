import { createHash } from 'node:crypto';
import { Controller, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { IncidentCommand, IncidentState } from '@tidewatch/alerts';
import {
  isSignedByPagerduty,
  isSignedBySlack,
  pagerdutyActionIn,
  SLACK_WINDOW_S,
  slackActionIn,
  type PagerdutyAction,
} from '@tidewatch/channels';
import { AppError, errorMessage } from '@tidewatch/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RUNTIME } from '../../runtime.js';
import type { InboundRuntime } from './inbound-runtime.js';
import { Once } from './once.js';
import { PagerdutyIncidents } from './pagerduty-incidents.js';
import { readRaw } from '../../http/raw-body.js';
import { applyReport, type ReportOutcome } from './report.js';

const LARGEST_BODY = 256 * 1_024;
/** Slack waits 3 s for an answer, PagerDuty 5 s. */
const ANSWER_WITHIN_MS = 2_500;
const MOST_REMEMBERED = 10_000;
/** PagerDuty delivers an event again for up to two days. */
const PAGERDUTY_REPEATS_MS = 48 * 3_600_000;
/** Compared with when there is no secret, so that an unknown receiver takes as long as a known one. */
const NO_SECRET = 'there is no receiver of this name';

/** What is answered to a report. */
export interface InboundAnswer {
  /** `pending`: it is being done, it takes longer than the sender waits, and the sender would not say it again. */
  readonly outcome: ReportOutcome | 'pending';
}

/** A report on its way to its incident. */
interface Asked {
  readonly command: IncidentCommand;
  readonly now: number;
  /** What is the same for every delivery of the report. */
  readonly once: string;
  readonly among: Once;
}

/**
 * `/api/v1/inbound/…`: what people do at Slack and PagerDuty comes back. The signature is the key: no API key is asked
 * for, and a receiver that is unknown looks like a signature that is wrong.
 */
@Controller('api/v1/inbound')
export class InboundController {
  private readonly runtime: InboundRuntime;
  private readonly slackSignatures = new Once(2 * SLACK_WINDOW_S * 1_000, MOST_REMEMBERED);
  private readonly pagerdutyEvents = new Once(PAGERDUTY_REPEATS_MS, MOST_REMEMBERED);
  /** Events of PagerDuty of which nobody knows yet what becomes of them. */
  private readonly underway = new Set<string>();
  private readonly pagerdutyIncidents = new PagerdutyIncidents();

  constructor(@Inject(RUNTIME) runtime: InboundRuntime) {
    this.runtime = runtime;
  }

  /** Buttons of Slack messages. */
  @Post('slack/:receiver')
  async slack(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('receiver') receiver: string,
  ): Promise<InboundAnswer> {
    const now = Date.now();
    const body = await readRaw(request, LARGEST_BODY);
    const signature = headerOf(request, 'x-slack-signature');
    const signed = { signature, timestamp: headerOf(request, 'x-slack-request-timestamp'), body };
    const secret = this.secretOf(receiver, 'slack');
    const isGenuine = isSignedBySlack(signed, secret ?? NO_SECRET, now) && secret !== undefined;
    const once = `${receiver}\n${signature}`;
    // Slack signs every request anew, so a signature that comes again was recorded by somebody.
    if (!isGenuine || !this.slackSignatures.isNew(once, now)) {
      throw unauthorized();
    }
    const action = slackActionIn(body.toString('utf8'));
    if (action === undefined) {
      throw unreadable('a form with the payload of an interaction');
    }
    const incident =
      action === null ? undefined : this.runtime.incidents.all().find(({ id }) => id === action.incidentId);
    if (action === null || incident === undefined) {
      return this.answer(reply, 'ignored');
    }
    const command: IncidentCommand = {
      kind: action.kind,
      by: `${action.by} (Slack)`,
      text: '',
      // Not the receiver: a press changes nothing at Slack, and the message has to show what became of it.
      origin: '',
    };
    const outcome = await this.within(incident, { command, now, once, among: this.slackSignatures });
    return this.answer(reply, outcome);
  }

  /** Webhooks (v3) of PagerDuty. */
  @Post('pagerduty/:receiver')
  async pagerduty(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('receiver') receiver: string,
  ): Promise<InboundAnswer> {
    const now = Date.now();
    const body = await readRaw(request, LARGEST_BODY);
    const secret = this.secretOf(receiver, 'pagerduty');
    const signature = headerOf(request, 'x-pagerduty-signature');
    const isGenuine = isSignedByPagerduty(signature, body, secret ?? NO_SECRET) && secret !== undefined;
    if (!isGenuine) {
      throw unauthorized();
    }
    const action = pagerdutyActionIn(body.toString('utf8'));
    const incident =
      action === undefined
        ? undefined
        : this.pagerdutyIncidents.find(action, receiver, this.runtime.incidents.all());
    if (action === undefined || incident === undefined) {
      return this.answer(reply, 'ignored');
    }
    const command = commandOf(action, receiver);
    const once = `${receiver}\n${action.id}`;
    // A 2xx would be the end of it, and the first delivery can still fail.
    if (this.underway.has(once)) {
      throw stillUnderway();
    }
    if (command === null || isStale(action, receiver, incident) || !this.pagerdutyEvents.isNew(once, now)) {
      return this.answer(reply, 'ignored');
    }
    this.underway.add(once);
    const outcome = await this.within(incident, { command, now, once, among: this.pagerdutyEvents });
    if (outcome === 'pending') {
      // PagerDuty delivers it again, and hears then what became of it.
      throw stillUnderway();
    }
    return this.answer(reply, outcome);
  }

  private secretOf(receiver: string, kind: 'slack' | 'pagerduty'): string | undefined {
    try {
      const found = this.runtime.inboundSecrets(receiver);
      return found?.kind === kind && found.secret !== '' ? found.secret : undefined;
    } catch (error) {
      // A secret that is gone is for the log; whoever asks without a key learns nothing of it.
      const fields = { receiver, error: errorMessage(error) };
      this.runtime.logger.error(fields, 'the secret that verifies reports cannot be read');
      return undefined;
    }
  }

  /** What becomes of a report within the time in which an answer is due. It goes on after that. */
  private async within(incident: IncidentState, asked: Asked): Promise<InboundAnswer['outcome']> {
    const work = this.apply(incident, asked);
    const pending = Symbol('pending');
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<typeof pending>((resolve) => {
      timer = setTimeout(() => resolve(pending), ANSWER_WITHIN_MS);
    });
    try {
      const outcome = await Promise.race([work, limit]);
      if (outcome !== pending) {
        return outcome;
      }
    } finally {
      clearTimeout(timer);
    }
    const { kind, by } = asked.command;
    work.catch((error: unknown) => {
      // Slack was told that it is being done and does not ask again: the log is all that says who is waiting for it.
      const fields = { incident: incident.id, command: kind, by, error: errorMessage(error) };
      this.runtime.logger.error(fields, 'what a person did at another service could not be stored');
    });
    return 'pending';
  }

  private async apply(incident: IncidentState, { command, now, once, among }: Asked): Promise<ReportOutcome> {
    const requestId = createHash('sha256').update(once).digest('hex').slice(0, 32);
    try {
      return await applyReport(this.runtime, incident, { command, requestId }, now);
    } catch (error) {
      // It may come again, and then it is new.
      among.forget(once);
      throw error;
    } finally {
      this.underway.delete(once);
    }
  }

  private answer(reply: FastifyReply, outcome: InboundAnswer['outcome']): InboundAnswer {
    void reply.status(outcome === 'done' || outcome === 'unchanged' ? 200 : 202);
    return { outcome };
  }
}

function commandOf(action: PagerdutyAction, receiver: string): IncidentCommand | null {
  // What an integration did is an echo of our own messages.
  if (action.kind === 'none' || (action.byService && action.kind !== 'unacknowledge')) {
    return null;
  }
  const by = action.by === '' ? 'PagerDuty' : `${action.by} (PagerDuty)`;
  return { kind: action.kind, by, text: action.text, origin: receiver };
}

/**
 * Whether an event is about an alert before the one that is open now: an incident that re-opens keeps its deduplication
 * key, and events may come hours late.
 */
function isStale({ at }: PagerdutyAction, receiver: string, incident: IncidentState): boolean {
  const opened = incident.opened.find((entry) => entry.receiver === receiver);
  return at !== null && opened !== undefined && at < opened.openedAt;
}

function headerOf({ headers }: FastifyRequest, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
}

function unauthorized(): AppError {
  return new AppError({
    code: 'request.unauthorized',
    message: 'The request is not signed by a receiver of this server.',
    hint: 'Check the name of the receiver in the address, its signing secret, and the clock of this server.',
  });
}

function stillUnderway(): AppError {
  return new AppError({
    code: 'inbound.underway',
    message: 'What this report asks for is not confirmed yet.',
    hint: 'Deliver it again: it has one effect, however often it comes.',
    retryable: true,
  });
}

function unreadable(what: string): AppError {
  return new AppError({ code: 'request.invalid', message: `The request body is not ${what}.` });
}
