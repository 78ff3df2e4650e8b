import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request that came in. */
export interface HookCall {
  /** Such as `/pager`. */
  readonly path: string;
  readonly at: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** The part of a webhook's body that tests look at. */
export interface HookBody {
  readonly action: string;
  readonly reason: string;
  readonly severity: string;
  readonly dedupKey: string;
  readonly by: string;
  readonly text: string;
  readonly incident: {
    readonly id: string;
    readonly sequence: number;
    readonly service: string;
    readonly acknowledgedBy: string;
    readonly severity: string;
  };
}

/** What a path answers: a status, nothing at all, or whatever it likes. */
export type HookAnswer = number | 'hang' | ((call: HookCall, response: ServerResponse) => void);

/** A server on loopback that keeps what it is sent. */
export interface WebhookReceiver {
  /** `http://127.0.0.1:PORT`; every path is a receiver of its own. */
  readonly url: string;
  /** Oldest first. */
  readonly calls: readonly HookCall[];
  /** What the path answers from now on; 200 unless told otherwise. */
  answer(path: string, answer: HookAnswer): void;
  /** What every path answers of which nothing else was said. */
  otherwise(answer: HookAnswer): void;
  /** Bodies that a path was sent, oldest first; of one service when it is named. */
  bodies(path: string, service?: string): HookBody[];
  /** What a path was told about a service, such as `['trigger opened', 'resolve resolved']`. */
  told(path: string, service?: string): string[];
  close(): Promise<void>;
}

/** Starts it on a free port. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const calls: HookCall[] = [];
  const answers = new Map<string, HookAnswer>();
  let otherwise: HookAnswer = 200;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const path = request.url ?? '';
      const { headers } = request;
      const call = { path, at: Date.now(), headers, text: Buffer.concat(chunks).toString() };
      calls.push(call);
      const answer = answers.get(path) ?? otherwise;
      if (typeof answer === 'function') {
        answer(call, response);
      } else if (answer !== 'hang') {
        response.writeHead(answer).end();
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bodies = (path: string, service?: string): HookBody[] =>
    calls
      .filter((call) => call.path === path)
      .map(({ text }) => JSON.parse(text) as HookBody)
      .filter(({ incident }) => service === undefined || incident.service === service);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    answer: (path, answer) => void answers.set(path, answer),
    otherwise: (answer) => {
      otherwise = answer;
    },
    bodies,
    told: (path, service) => bodies(path, service).map(({ action, reason }) => `${action} ${reason}`),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
