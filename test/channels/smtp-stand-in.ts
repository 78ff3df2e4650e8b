import type { AddressInfo } from 'node:net';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import type { Certificate } from './certificate.js';
import { mailProblems } from './mail-problems.js';

/** A mail that the server took. */
export interface ReceivedMail {
  readonly raw: string;
  readonly parsed: ParsedMail;
  readonly from: string;
  /** Recipients of the envelope. */
  readonly to: readonly string[];
  /** Whether it came over TLS. */
  readonly secure: boolean;
}

/** How the next mails fail: silence, a broken connection, or an answer such as `421 4.3.2 busy`. */
export type SmtpFailure = 'hang' | 'reset' | { readonly status: number; readonly text?: string };

export interface SmtpStandInOptions {
  readonly security?: 'none' | 'starttls' | 'tls';
  /** Needed for TLS. */
  readonly certificate?: Certificate;
  /** Who may log in; nobody has to when it is absent. */
  readonly login?: { readonly user: string; readonly password: string };
  /** Recipients that are not taken, with the answer. */
  readonly refused?: Readonly<Record<string, { readonly status: number; readonly text: string }>>;
  /** Answers the first connection with this code instead of a greeting. */
  readonly greeting?: number;
}

/** A mail server on 127.0.0.1 that takes what a real one would take, and looks at what it got. */
export interface SmtpStandIn {
  readonly port: number;
  /** Oldest first. */
  readonly mails: readonly ReceivedMail[];
  /** What RFC 5322 or good manners forbid in the mails received; may be emptied. */
  readonly problems: string[];
  /** Mails begun so far, failed ones included. */
  attempts(): number;
  connections(): number;
  /** Of the next `times` mails, all of them unless it is given. `afterEffect`: the mail is taken first. */
  fail(failure: SmtpFailure, options?: { readonly times?: number; readonly afterEffect?: boolean }): void;
  close(): Promise<void>;
}

interface Pending {
  readonly failure: SmtpFailure;
  left: number;
  readonly afterEffect: boolean;
}

interface State {
  readonly mails: ReceivedMail[];
  readonly problems: string[];
  pending: Pending | null;
  attempts: number;
  connections: number;
}

/** Starts the server. */
export async function startSmtpStandIn(options: SmtpStandInOptions = {}): Promise<SmtpStandIn> {
  const state: State = { mails: [], problems: [], pending: null, attempts: 0, connections: 0 };
  const server = new SMTPServer({
    ...securityOf(options),
    logger: false,
    authOptional: options.login === undefined,
    ...(options.login === undefined ? {} : { authMethods: ['PLAIN'], allowInsecureAuth: true }),
    onConnect(_session, callback) {
      state.connections += 1;
      const refused = options.greeting !== undefined && state.connections === 1;
      callback(refused ? answer(options.greeting ?? 0, 'no service') : null);
    },
    onAuth({ username, password }, _session, callback) {
      const right = username === options.login?.user && password === options.login?.password;
      // Repeats what it was sent, as a careless server does.
      callback(right ? null : answer(535, `5.7.8 wrong: ${username} ${password ?? ''}`), { user: username });
    },
    onMailFrom(_address, session, callback) {
      state.attempts += 1;
      const now = state.pending?.afterEffect === false ? take(state) : null;
      interfere(server, session, now, callback);
    },
    onRcptTo({ address }, _session, callback) {
      const refusal = options.refused?.[address];
      callback(refusal === undefined ? null : answer(refusal.status, refusal.text));
    },
    onData(stream, session, callback) {
      receive(stream, session, state).then(
        () => interfere(server, session, state.pending?.afterEffect === true ? take(state) : null, callback),
        (error: unknown) => callback(error as Error),
      );
    },
  });
  // Clients that break off are part of the tests.
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.server.address() as AddressInfo).port,
    mails: state.mails,
    problems: state.problems,
    attempts: () => state.attempts,
    connections: () => state.connections,
    fail(failure, { times = Infinity, afterEffect = false } = {}) {
      state.pending = { failure, left: times, afterEffect };
    },
    close: () => closed(server),
  };
}

function securityOf({ security = 'none', certificate }: SmtpStandInOptions) {
  const { cert = '', key = '' } = certificate ?? {};
  switch (security) {
    case 'none':
      return { disabledCommands: ['STARTTLS'] };
    case 'starttls':
      return { cert, key };
    case 'tls':
      return { secure: true, cert, key };
  }
}

async function receive(
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
  state: State,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer);
  }
  const raw = Buffer.concat(chunks);
  const parsed = await simpleParser(raw);
  const { mailFrom, rcptTo } = session.envelope;
  state.mails.push({
    raw: raw.toString('latin1'),
    parsed,
    from: mailFrom === false ? '' : mailFrom.address,
    to: rcptTo.map(({ address }) => address),
    secure: session.secure,
  });
  state.problems.push(...mailProblems(raw.toString('latin1'), parsed));
}

/** The failure that is due, if there is one, and one less to come. */
function take(state: State): SmtpFailure | null {
  const { pending } = state;
  if (pending === null || pending.left <= 0) {
    return null;
  }
  pending.left -= 1;
  return pending.failure;
}

function interfere(
  server: SMTPServer,
  session: SMTPServerSession,
  failure: SmtpFailure | null,
  callback: (error?: Error | null) => void,
): void {
  if (failure === null) {
    callback(null);
  } else if (failure === 'reset') {
    for (const connection of server.connections) {
      if (connection.session.id === session.id) {
        connection._socket.destroy();
      }
    }
  } else if (failure !== 'hang') {
    callback(answer(failure.status, failure.text ?? 'no'));
  }
}

function answer(status: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode: status });
}

function closed(server: SMTPServer): Promise<void> {
  if (!server.server.listening) {
    return Promise.resolve();
  }
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const connection of server.connections) {
      connection._socket.destroy();
    }
  });
}
