import { benchReceiver } from './http-bench.js';
import type { ContractBench, ContractObject, ContractSubject } from './contract-bench.js';
import { startSmtpStandIn, type ReceivedMail } from './smtp-stand-in.js';

const LOGIN = { user: 'tidewatch-bench', password: 'S3cr3t-of-the-bench' };

/** A mail server that asks for a login, and a receiver whose mails go there. */
export async function startEmail(): Promise<ContractBench> {
  const server = await startSmtpStandIn({ login: LOGIN });
  return {
    receiver: benchReceiver({
      ...{ type: 'email', host: '127.0.0.1', port: server.port, security: 'none' },
      ...{ userEnv: 'MAIL_USER', passwordEnv: 'MAIL_PASSWORD' },
      ...{ from: 'Tidewatch <alerts@watch.example.com>', to: ['ada@example.com', 'bob@example.com'] },
    }),
    secrets: { MAIL_USER: LOGIN.user, MAIL_PASSWORD: LOGIN.password },
    secretTexts: [LOGIN.user, LOGIN.password],
    objects: () => threadsOf(server.mails),
    problems: () => server.problems,
    fail(failure, options) {
      server.fail(
        typeof failure === 'string' ? failure : { status: failure.status, text: failure.body ?? '' },
        options,
      );
    },
    requests: () => server.attempts(),
    close: () => server.close(),
  };
}

/** E-mail for the contract suite. What the latest mail of a thread says is the state of the thread. */
export const emailSubject: ContractSubject = {
  type: 'email',
  updates: false,
  acknowledges: false,
  keepsOpenState: true,
  http: false,
  largestBody: null,
  start: startEmail,
};

function stateOf(parsed: ReceivedMail['parsed']): string {
  const value = parsed.headers.get('x-tidewatch-state');
  return typeof value === 'string' ? value : '';
}

/** What a mailbox shows: one mail of each Message-ID, put into threads by their references. */
function threadsOf(mails: readonly ReceivedMail[]): ContractObject[] {
  const seen = new Set<string>();
  const threads = new Map<string, { state: 'open' | 'closed'; texts: string[] }>();
  for (const { parsed } of mails) {
    const id = parsed.messageId ?? '';
    if (seen.has(id)) {
      continue;
    }
    seen.add(id);
    const root = [parsed.references ?? []].flat()[0] ?? id;
    const thread = threads.get(root) ?? { state: 'open', texts: [] };
    thread.state = /RESOLVED$/.test(stateOf(parsed)) ? 'closed' : 'open';
    thread.texts.push(parsed.subject ?? '', parsed.text ?? '', String(parsed.html));
    threads.set(root, thread);
  }
  return [...threads].map(([key, thread]) => ({ key, ...thread }));
}
