import { digestPeriod, type DigestPeriod, type DigestRule } from '@tidewatch/alerts';
import type { Channel, DeliveryResult, Report } from '@tidewatch/channels';
import { errorMessage } from '@tidewatch/core';
import { projectOfRule } from '../../evaluate/rule-project.js';
import { startTicker, type Ticker } from '../../evaluate/ticker.js';
import type { Runtime } from '../../runtime.js';
import { composeFor, digestId, reportOf } from './compose-report.js';
import { SendingLog, type Sending } from './sending-log.js';

const CHECK_EVERY_MS = 60_000;
const RETRY_AFTER_MS = 15 * 60_000;
/** A digest that is a day late is of no use to anybody; the next one or the preview says more. */
const LATEST_MS = 24 * 3_600_000;

/** What sending digests needs of the process. */
export type DigestRuntime = Pick<Runtime, 'rules' | 'store' | 'logger' | 'config'> & {
  /** Open channels by receiver name. */
  readonly channels: () => ReadonlyMap<string, Channel>;
};

interface Due {
  readonly rule: DigestRule;
  readonly project: string;
  readonly period: DigestPeriod;
  readonly id: string;
}

/**
 * Sends each digest once to each of its receivers: when it is due, or as soon as the process runs again, up to a day late.
 * What a receiver did not take is tried again every 15 minutes for as long. An attempt that broke off in the middle is not
 * repeated, because it may have arrived.
 */
export class DigestSchedule {
  private readonly runtime: DigestRuntime;
  private readonly log: SendingLog;
  /** (digest, receiver) with which nothing is left to do. */
  private readonly finished = new Set<string>();

  constructor(runtime: DigestRuntime) {
    this.runtime = runtime;
    this.log = new SendingLog(runtime.store);
  }

  /** Sends what is due. One digest that cannot be made does not keep the others. */
  async run(now: number): Promise<void> {
    for (const rule of this.runtime.rules().digests) {
      const period = digestPeriod(rule, now);
      if (now - period.dueAt > LATEST_MS) {
        continue;
      }
      const due = { rule, project: projectOfRule(rule), period, id: digestId(rule, period) };
      try {
        await this.send(due, now);
      } catch (error) {
        this.runtime.logger.error(
          { digest: due.id, error: errorMessage(error) },
          'a digest could not be made; it is tried again in a minute',
        );
      }
    }
  }

  private async send(due: Due, now: number): Promise<void> {
    const waiting = due.rule.receivers.filter(
      (receiver) => !this.finished.has(`${due.id}/${receiver}`) && this.isEnabled(receiver),
    );
    if (waiting.length === 0) {
      return;
    }
    const known = await this.log.read(due.project, due.id, due.period.dueAt, now);
    const ready = waiting.filter((receiver) => this.isReady(due, receiver, known.get(receiver), now));
    if (ready.length === 0) {
      return;
    }
    const digest = await composeFor(this.runtime.store, due.rule, due.period);
    const report = reportOf(digest, { id: due.id, consoleUrl: this.runtime.config.consoleUrl, now });
    for (const receiver of ready) {
      const attempt = (known.get(receiver)?.attempts ?? 0) + 1;
      await this.log.begin(due.project, due.id, receiver, attempt, now);
      const begun = performance.now();
      const result = await this.deliver(receiver, report);
      // After the beginning, also by the clock of the log, which has whole milliseconds.
      const at = now + 1 + Math.round(performance.now() - begun);
      await this.log.end(due.project, due.id, receiver, attempt, { result, at });
      this.note(due, receiver, result);
    }
  }

  private isEnabled(receiver: string): boolean {
    return this.runtime.rules().receivers.find(({ name }) => name === receiver)?.spec.enabled ?? true;
  }

  private isReady(due: Due, receiver: string, sending: Sending | undefined, now: number): boolean {
    switch (sending?.state) {
      case undefined:
        return true;
      case 'failed':
        return now - sending.at >= RETRY_AFTER_MS;
      case 'sending':
        this.runtime.logger.warn(
          { digest: due.id, receiver },
          'sending a digest broke off; it may have arrived and is not sent again',
        );
        this.finished.add(`${due.id}/${receiver}`);
        return false;
      case 'sent':
      case 'rejected':
        this.finished.add(`${due.id}/${receiver}`);
        return false;
    }
  }

  private async deliver(receiver: string, report: Report): Promise<DeliveryResult> {
    const channel = this.runtime.channels().get(receiver);
    if (channel === undefined) {
      const reason = `There is no receiver named ${receiver} in the rules.`;
      return { outcome: 'retry', afterMs: null, reason, httpStatus: 0 };
    }
    if (channel.report === undefined) {
      const reason = `The receiver ${receiver} is of the type ${channel.type}, which takes no reports.`;
      return { outcome: 'rejected', reason, httpStatus: 0 };
    }
    return channel.report(report);
  }

  private note(due: Due, receiver: string, result: DeliveryResult): void {
    const { logger } = this.runtime;
    const about = { digest: due.id, receiver };
    if (result.outcome === 'delivered') {
      this.finished.add(`${due.id}/${receiver}`);
      logger.info(about, 'digest sent');
    } else {
      logger.warn({ ...about, outcome: result.outcome, reason: result.reason }, 'digest not sent');
    }
  }
}

/**
 * Looks once a minute whether a digest is due.
 *
 * @param holds whether this process is the one that sends: several must not send the same digest
 */
export function startDigests(runtime: DigestRuntime, holds: () => boolean = () => true): Ticker {
  const schedule = new DigestSchedule(runtime);
  return startTicker('digests', CHECK_EVERY_MS, runtime.logger, async (now) => {
    if (holds()) {
      await schedule.run(now);
    }
  });
}
