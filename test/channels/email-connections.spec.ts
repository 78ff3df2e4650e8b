import { afterEach, describe, expect, test } from '@jest/globals';
import type { Channel, DeliveryResult } from '../../libs/channels/src/channel.js';
import { selfSignedCertificate } from './certificate.js';
import { MAIL_PASSWORD, MAIL_USER, openEmailChannel, type EmailChannelOptions } from './email-channel.js';
import { notification } from './notification.js';
import {
  startSmtpStandIn,
  type SmtpFailure,
  type SmtpStandIn,
  type SmtpStandInOptions,
} from './smtp-stand-in.js';

const certificate = selfSignedCertificate();
const LOGIN = { userEnv: 'MAIL_USER', passwordEnv: 'MAIL_PASSWORD' };
/** Long enough for what answers, short enough to wait for what does not. */
const TIMEOUT_MS = 1_500;

const opened: { server?: SmtpStandIn; channels: Channel[] } = { channels: [] };

afterEach(async () => {
  for (const channel of opened.channels.splice(0)) {
    await channel.close?.();
  }
  await opened.server?.close();
});

async function start(options: SmtpStandInOptions = {}): Promise<SmtpStandIn> {
  opened.server = await startSmtpStandIn(options);
  return opened.server;
}

function open(server: SmtpStandIn, options: EmailChannelOptions = {}): Channel {
  const channel = openEmailChannel(server.port, { timeoutMs: TIMEOUT_MS, ...options });
  opened.channels.push(channel);
  return channel;
}

/** To `localhost`, for which the certificate is, over TLS. */
function overTls(
  server: SmtpStandIn,
  security: string,
  options: { readonly trusted?: boolean; readonly login?: boolean; readonly password?: string } = {},
): Channel {
  return open(server, {
    spec: {
      ...{ host: 'localhost', security },
      ...(options.trusted === false ? {} : { caFile: 'ca.pem' }),
      ...(options.login === false ? {} : LOGIN),
    },
    privateDestinations: ['localhost'],
    secrets: { MAIL_USER, MAIL_PASSWORD: options.password ?? MAIL_PASSWORD, 'ca.pem': certificate.cert },
  });
}

function silentAbout(result: DeliveryResult, ...texts: readonly string[]): void {
  for (const text of [...texts, MAIL_PASSWORD, MAIL_USER, 'mail-server-says']) {
    expect(JSON.stringify(result)).not.toContain(text);
  }
}

describe('what the server answers decides whether a mail is tried again', () => {
  test.each<[failure: SmtpFailure, outcome: string, httpStatus: number, says: string]>([
    [{ status: 421, text: '4.3.2 mail-server-says' }, 'retry', 421, '421 4.3.2'],
    [{ status: 450, text: 'mail-server-says' }, 'retry', 450, '(450)'],
    [{ status: 451, text: '4.7.1 mail-server-says: greylisted' }, 'retry', 451, '451 4.7.1'],
    [{ status: 452, text: '4.2.2 mail-server-says' }, 'retry', 452, '452 4.2.2'],
    [{ status: 503, text: '5.5.1 mail-server-says' }, 'retry', 503, '503 5.5.1'],
    [{ status: 550, text: '5.7.1 mail-server-says' }, 'rejected', 550, '550 5.7.1'],
    [{ status: 552, text: '5.3.4 mail-server-says' }, 'rejected', 552, '552 5.3.4'],
    [{ status: 554, text: 'mail-server-says' }, 'rejected', 554, '(554)'],
    ['reset', 'retry', 0, 'could not be reached'],
    ['hang', 'retry', 0, `no answer within ${TIMEOUT_MS} ms`],
  ])('%j is %s', async (failure, outcome, httpStatus, says) => {
    const server = await start();
    const channel = open(server);
    for (const afterEffect of [false, true]) {
      server.fail(failure, { times: 1, afterEffect });
      const result = await channel.deliver(notification());
      expect(result).toMatchObject({ outcome, httpStatus });
      expect(JSON.stringify(result)).toContain(says);
      silentAbout(result);
    }
    // Exactly the one whose failure came after the mail; and the way is open again.
    expect(server.mails).toHaveLength(1);
    expect(await channel.deliver(notification())).toMatchObject({ outcome: 'delivered' });
  });

  test.each([
    [421, 'retry'],
    [554, 'rejected'],
  ])('a greeting of %i is %s', async (greeting, outcome) => {
    const channel = open(await start({ greeting }));
    expect(await channel.deliver(notification())).toMatchObject({ outcome, httpStatus: greeting });
    expect(await channel.deliver(notification())).toMatchObject({ outcome: 'delivered' });
  });

  test('nobody listening is worth another attempt', async () => {
    const server = await start();
    const channel = open(server);
    await server.close();
    expect(await channel.deliver(notification())).toMatchObject({
      outcome: 'retry',
      httpStatus: 0,
      reason: 'The mail server could not be reached (ECONNREFUSED).',
    });
  });

  test('mails share connections', async () => {
    const server = await start();
    const channel = open(server);
    for (let count = 0; count < 5; count++) {
      await channel.deliver(notification());
    }
    expect(server.connections()).toBe(1);
    const at = Array.from({ length: 20 }, () => channel.deliver(notification()));
    expect((await Promise.all(at)).every(({ outcome }) => outcome === 'delivered')).toBe(true);
    expect(server.connections()).toBeLessThanOrEqual(3);
  });
});

describe('encryption', () => {
  test.each(['starttls', 'tls'] as const)(
    '%s with a login, to a server whose certificate is trusted',
    async (security) => {
      const server = await start({
        security,
        certificate,
        login: { user: MAIL_USER, password: MAIL_PASSWORD },
      });
      expect(await overTls(server, security).deliver(notification())).toMatchObject({ outcome: 'delivered' });
      expect(server.mails).toMatchObject([{ secure: true }]);
    },
  );

  test.each(['starttls', 'tls'] as const)(
    '%s refuses a certificate that nobody vouches for',
    async (security) => {
      const server = await start({ security, certificate });
      const result = await overTls(server, security, { trusted: false, login: false }).deliver(
        notification(),
      );
      expect(result).toMatchObject({ outcome: 'rejected', httpStatus: 0 });
      expect(JSON.stringify(result)).toMatch(/certificate of the mail server is not trusted.*caFile/);
      expect(server.attempts()).toBe(0);
    },
  );

  test('a certificate for another name is refused', async () => {
    const server = await start({ security: 'tls', certificate });
    const channel = open(server, {
      spec: { host: 'mail.corp.example', security: 'tls', caFile: 'ca.pem' },
      privateDestinations: ['mail.corp.example'],
      lookup: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]),
      secrets: { 'ca.pem': certificate.cert },
    });
    const result = await channel.deliver(notification());
    expect(result).toMatchObject({ outcome: 'rejected' });
    expect(JSON.stringify(result)).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
  });

  test('a server without STARTTLS gets neither a password nor a mail', async () => {
    const server = await start({ login: { user: MAIL_USER, password: MAIL_PASSWORD } });
    const result = await overTls(server, 'starttls').deliver(notification());
    expect(result).toMatchObject({ outcome: 'rejected' });
    expect(JSON.stringify(result)).toContain('offers no encryption');
    expect(server.attempts()).toBe(0);
  });

  test('a wrong password is refused, and the reason repeats nothing of it', async () => {
    const server = await start({
      security: 'tls',
      certificate,
      login: { user: MAIL_USER, password: MAIL_PASSWORD },
    });
    const result = await overTls(server, 'tls', { password: 'wr0ng-Passw0rd' }).deliver(notification());
    expect(result).toMatchObject({ outcome: 'rejected', httpStatus: 535 });
    expect(JSON.stringify(result)).toContain('535 5.7.8');
    silentAbout(result, 'wr0ng-Passw0rd');
  });
});

describe('where a mail may go', () => {
  test.each([
    ['a private address that is not allowed', '127.0.0.1', [], 'private destination'],
    ['a name of this machine', 'localhost', [], 'private destination'],
    [
      'a metadata address, even when it is allowed',
      '169.254.169.254',
      ['169.254.169.254'],
      'never be reached',
    ],
  ])('%s is refused', async (_name, host, privateDestinations, says) => {
    const server = await start();
    const result = await open(server, { spec: { host }, privateDestinations }).deliver(notification());
    expect(result).toMatchObject({ outcome: 'rejected', httpStatus: 0 });
    expect(JSON.stringify(result)).toContain(says);
    expect(server.connections()).toBe(0);
  });

  test('a name that leads to a private address is refused', async () => {
    const server = await start();
    const channel = open(server, {
      spec: { host: 'smtp.example.com' },
      privateDestinations: [],
      lookup: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]),
    });
    expect(await channel.deliver(notification())).toMatchObject({ outcome: 'rejected' });
    expect(server.connections()).toBe(0);
  });

  test('without encryption no public server is spoken to', async () => {
    const channel = open(await start(), {
      spec: { host: 'smtp.example.com' },
      lookup: () => Promise.resolve([{ address: '93.184.215.14', family: 4 }]),
    });
    const result = await channel.deliver(notification());
    expect(result).toMatchObject({ outcome: 'rejected' });
    expect(JSON.stringify(result)).toContain('security: none');
  });

  test('a name that cannot be resolved now may be later', async () => {
    const channel = open(await start(), {
      spec: { host: 'smtp.example.com' },
      lookup: () => Promise.reject(Object.assign(new Error('no'), { code: 'EAI_AGAIN' })),
    });
    const result = await channel.deliver(notification());
    expect(result).toMatchObject({ outcome: 'retry', httpStatus: 0 });
    expect(JSON.stringify(result)).toContain('EAI_AGAIN');
  });

  test('a name service that never answers does not hold the attempt beyond its time', async () => {
    const channel = open(await start(), {
      spec: { host: 'smtp.example.com' },
      lookup: () => new Promise(() => undefined),
    });
    const begun = performance.now();
    expect(await channel.deliver(notification())).toMatchObject({ outcome: 'retry', httpStatus: 0 });
    expect(performance.now() - begun).toBeLessThan(TIMEOUT_MS + 1_000);
  });
});
