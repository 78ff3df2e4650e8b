import type { IntentReason } from '@tidewatch/alerts';
import { AppError } from '@tidewatch/core';
import type {
  Channel,
  ChannelOptions,
  ChannelType,
  DeliveryResult,
  Notification,
  SecretReader,
} from '../channel.js';
import { destinationKey } from '../destination-key.js';
import { referenceOf, type SecretReference } from '../secret-reference.js';
import { domainOf, maskedAddress, readAddress, type MailAddress } from './address.js';
import { classifyMailFailure } from './classify-mail.js';
import { emailSpec, type EmailSpec } from './email-spec.js';
import { incidentMail } from './incident-mail.js';
import type { Mail } from './mail.js';
import { openMailer, type Mailer, type MailEnds, type SentMail } from './mailer.js';
import { reportMail } from './report-mail.js';
import { writeThread } from './thread.js';

/** Mail servers answer more slowly than web services: some let strangers wait for their greeting. */
const DEFAULT_TIMEOUT_MS = 30_000;
const MOST_MISSED = 10;

/** News for which nobody wants a mail: they show in the console, and in the next mail. */
const NOT_WORTH_A_MAIL: ReadonlySet<IntentReason> = new Set([
  'changed',
  'commented',
  'acknowledged',
  'deescalated',
]);

/**
 * E-mail over SMTP: one thread per incident and receiver, with a mail when it opens, escalates, re-opens, is told again,
 * and ends. A mail cannot be changed, and nobody wants one for every change.
 *
 * A mail is delivered when the server takes it for at least one recipient. Those it does not take it for are named, masked,
 * in the next mail of the thread. `httpStatus` of a result is the SMTP answer, such as 250 or 421. A repeated attempt has the
 * Message-ID of the first, by which mailboxes know it.
 */
export const email: ChannelType<typeof emailSpec> = {
  type: 'email',
  specSchema: emailSpec,
  updates: () => false,
  acknowledges: false,
  idempotent: true,
  reports: true,
  secretsOf: (spec) => [...userOf(spec), ...passwordOf(spec), ...referenceOf(undefined, spec.caFile)],
  open: openEmail,
};

function userOf(spec: EmailSpec): SecretReference[] {
  return referenceOf(spec.userEnv, spec.userFile);
}

function passwordOf(spec: EmailSpec): SecretReference[] {
  return referenceOf(spec.passwordEnv, spec.passwordFile);
}

function openEmail(spec: EmailSpec, readSecret: SecretReader, options: ChannelOptions): Channel {
  const [user, password, ca] = [userOf(spec), passwordOf(spec), referenceOf(undefined, spec.caFile)].map(
    (references) => references.map(readSecret).join(''),
  );
  const ends = endsOf(spec);
  const login = user === '' || user === undefined ? null : { user, password: password ?? '' };
  const mailer = openMailer(spec, ends, { login, ca: ca === '' || ca === undefined ? null : ca }, options);
  return emailChannel(spec, ends, mailer, options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
}

function emailChannel(spec: EmailSpec, ends: MailEnds, mailer: Mailer, timeoutMs: number): Channel {
  const domain = domainOf(ends.from);
  const recipients = ends.to.map((each) => each.address);
  const destination = destinationKey(spec.host.toLowerCase(), ends.from.address, ...recipients);
  const attempt = async (mail: Mail, refOf: (sent: SentMail) => string | null): Promise<DeliveryResult> => {
    try {
      const sent = await mailer.send(mail, timeoutMs);
      const ref = refOf(sent);
      return { outcome: 'delivered', httpStatus: sent.status, ...(ref === null ? {} : { ref }) };
    } catch (error) {
      return classifyMailFailure(error, timeoutMs);
    }
  };
  return {
    type: 'email',
    destination,
    limit: { perSecond: 1, burst: 20 },
    async deliver(notification) {
      if (!isWorthAMail(notification)) {
        return {
          outcome: 'delivered',
          httpStatus: 0,
          ...(notification.ref === null ? {} : { ref: notification.ref }),
        };
      }
      const { mail, thread } = incidentMail(notification, domain);
      return attempt(mail, ({ refused }) =>
        writeThread({ ...thread, missed: refused.slice(0, MOST_MISSED).map(maskedAddress) }),
      );
    },
    report: (report) => attempt(reportMail(report, domain, destination), () => null),
    close: () => Promise.resolve(mailer.close()),
  };
}

/** Whether anybody should get a mail: not of an end without a beginning, nor of what is no news. */
function isWorthAMail({ intent, ref, uncertain }: Notification): boolean {
  switch (intent.action) {
    case 'trigger':
      return true;
    case 'update':
      return ref === null || !NOT_WORTH_A_MAIL.has(intent.reason);
    case 'acknowledge':
      return false;
    case 'resolve':
      return ref !== null || uncertain;
  }
}

function endsOf(spec: EmailSpec): MailEnds {
  return {
    from: checked(spec.from),
    to: spec.to.map(checked),
    replyTo: spec.replyTo === undefined ? null : checked(spec.replyTo),
  };
}

/** The schema has read the address; a stored spec of an earlier version may still hold one that is none. */
function checked(text: string): MailAddress {
  const address = readAddress(text);
  if (address === null) {
    throw new AppError({
      code: 'channels.bad-address',
      message: 'An e-mail address of the receiver is none.',
      hint: 'Correct from, to and replyTo of the receiver.',
    });
  }
  return address;
}
