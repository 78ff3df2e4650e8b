import { email } from '../../libs/channels/src/email/email.js';
import type { Channel } from '../../libs/channels/src/channel.js';
import type { Lookup } from '../../libs/channels/src/outbound/lookup.js';
import { createOutboundClient } from '../../libs/channels/src/outbound/create-outbound-client.js';

export const MAIL_USER = 'tidewatch-mailer';
export const MAIL_PASSWORD = 'S3cr3t-of-the-mail-server';

/** What may differ from the usual way to a stand-in. */
export interface EmailChannelOptions {
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly privateDestinations?: readonly string[];
  readonly timeoutMs?: number;
  /** Answers for names; default: the system's. */
  readonly lookup?: Lookup;
  /** What the files and variables of the spec hold; default: user and password. */
  readonly secrets?: Readonly<Record<string, string>>;
}

/** A channel to a mail server on this machine, as rules would open it. */
export function openEmailChannel(port: number, options: EmailChannelOptions = {}): Channel {
  const spec = email.specSchema.parse({
    type: 'email',
    host: '127.0.0.1',
    port,
    security: 'none',
    from: 'Tidewatch <alerts@watch.example.com>',
    to: ['ada@example.com', 'Bob B. <bob@example.com>'],
    ...options.spec,
  });
  const secrets = options.secrets ?? { MAIL_USER, MAIL_PASSWORD };
  return email.open(spec, ({ env = '', file = '' }) => secrets[`${env}${file}`] ?? '', {
    outbound: createOutboundClient({
      privateDestinations: options.privateDestinations ?? ['127.0.0.1'],
      ...(options.lookup === undefined ? {} : { lookup: options.lookup }),
    }),
    timeoutMs: options.timeoutMs ?? 5_000,
  });
}
