import nodemailer, { type SMTPPoolOptions } from 'nodemailer';
import type { ChannelOptions } from '../channel.js';
import type { MailAddress } from './address.js';
import { portOf, type EmailSpec } from './email-spec.js';
import { connectMailServer } from './mail-connection.js';
import type { Mail } from './mail.js';

const CONNECTION_TIMEOUT_MS = 10_000;
const GREETING_TIMEOUT_MS = 10_000;
const SOCKET_TIMEOUT_MS = 30_000;
/** An idle connection is not worth keeping for long: incidents are rare, and servers close it anyway. */
const IDLE_MS = 60_000;
const CONNECTIONS = 3;
const MAILS_PER_CONNECTION = 100;

/** What a receiver's secrets turned out to be. */
export interface MailSecrets {
  /** `null` for a server that asks for no login. */
  readonly login: { readonly user: string; readonly password: string } | null;
  /** PEM; `null` for the well-known certificates. */
  readonly ca: string | null;
}

/** Who a mail is from and for. */
export interface MailEnds {
  readonly from: MailAddress;
  readonly to: readonly MailAddress[];
  readonly replyTo: MailAddress | null;
}

/** What the server did with a mail that it took. */
export interface SentMail {
  /** Code of its last answer, such as 250. */
  readonly status: number;
  /** Recipients it did not take the mail for; others it did. */
  readonly refused: readonly string[];
}

/** A few connections to one mail server. */
export interface Mailer {
  /** @throws the library's error, or what {@link connectMailServer} throws; nobody got the mail then */
  send(mail: Mail, timeoutMs: number): Promise<SentMail>;
  close(): void;
}

/** Opens the way to a mail server; connections are made when there is something to send. */
export function openMailer(
  spec: EmailSpec,
  ends: MailEnds,
  secrets: MailSecrets,
  { outbound }: ChannelOptions,
): Mailer {
  const settings: SMTPPoolOptions & { pool: true } = {
    pool: true,
    host: spec.host,
    port: portOf(spec),
    secure: spec.security === 'tls',
    requireTLS: spec.security === 'starttls',
    ignoreTLS: spec.security === 'none',
    maxConnections: CONNECTIONS,
    maxMessages: MAILS_PER_CONNECTION,
    // A mail of which not a byte was sent goes out once more over a new connection: the server had closed an idle one.
    maxRequeues: 1,
    idleTimeout: IDLE_MS,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    greetingTimeout: GREETING_TIMEOUT_MS,
    socketTimeout: SOCKET_TIMEOUT_MS,
    // Nothing in a mail may make the library read a file or an address.
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(secrets.login === null
      ? {}
      : { auth: { user: secrets.login.user, pass: secrets.login.password }, forceAuth: true }),
    tls: { minVersion: 'TLSv1.2', ...(secrets.ca === null ? {} : { ca: secrets.ca }) },
    // Every connection goes to an address that has been checked for it; the library resolves nothing.
    getSocket: (_options, callback) => {
      connectMailServer(spec, outbound, CONNECTION_TIMEOUT_MS).then(
        (connection) => callback(null, { connection }),
        (error: unknown) => callback(error as Error),
      );
    },
  };
  const transport = nodemailer.createTransport(settings);
  return {
    async send(mail, timeoutMs) {
      const info = await transport.sendMail({
        ...envelopeOf(ends),
        ...contentOf(mail),
        disableFileAccess: true,
        disableUrlAccess: true,
        signal: AbortSignal.timeout(timeoutMs),
      });
      return { status: Number(/^\d{3}/.exec(info.response)?.[0] ?? 250), refused: info.rejected.map(textOf) };
    },
    close: () => transport.close(),
  };
}

function envelopeOf({ from, to, replyTo }: MailEnds) {
  return {
    from,
    to: [...to],
    ...(replyTo === null ? {} : { replyTo }),
    envelope: { from: from.address, to: to.map(({ address }) => address) },
  };
}

function contentOf(mail: Mail) {
  const { messageId, references, subject, text, headers, picture } = mail;
  return {
    ...{ messageId, subject, text, html: mail.html, headers },
    date: new Date(mail.at),
    ...(references.length === 0 ? {} : { inReplyTo: references.at(-1), references: [...references] }),
    ...(mail.urgent ? { priority: 'high' as const } : {}),
    attachments:
      picture === null
        ? []
        : [
            {
              filename: 'chart.png',
              contentType: 'image/png',
              content: Buffer.from(picture.png),
              cid: picture.cid,
              contentDisposition: 'inline' as const,
            },
          ],
  };
}

function textOf(address: string | { readonly address: string }): string {
  return typeof address === 'string' ? address : address.address;
}
