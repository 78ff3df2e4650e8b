import { createServer, type RequestListener } from 'node:http';
import { createServer as createRawServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import {
  createOutboundClient,
  type ClosableOutboundClient,
  type OutboundOptions,
} from '../../libs/channels/src/outbound/create-outbound-client.js';
import type { Answer } from '../../libs/channels/src/outbound/outbound-client.js';

const SECRET = 'S3cr3tS3cr3tS3cr3t';
const TIMEOUT_MS = 300;

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) {
    close();
  }
});

async function listen<Kind extends Server>(server: Kind, address = '127.0.0.1', port = 0): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(port, address, resolve));
  closing.push(() => {
    server.close();
    sockets.forEach((socket) => socket.destroy());
  });
  return (server.address() as AddressInfo).port;
}

const serve = (listener: RequestListener, address?: string, port?: number): Promise<number> =>
  listen(createServer(listener), address, port);

/** A server that answers every connection with the same bytes. */
const speak = (say: (socket: Socket) => void): Promise<number> => listen(createRawServer(say));

function client(options: Partial<OutboundOptions> = {}): ClosableOutboundClient {
  const made = createOutboundClient({ privateDestinations: ['127.0.0.1', 'receiver.example'], ...options });
  closing.push(() => made.close());
  return made;
}

const post = (
  outbound: ClosableOutboundClient,
  url: string,
  timeoutMs = 5_000,
  headers: Record<string, string> = {},
): Promise<Answer> => outbound.send({ method: 'POST', url, body: '{}', headers, timeoutMs });

const failureOf = (answer: Answer): string => ('failure' in answer ? answer.failure : '');

describe('where a request goes', () => {
  test('to the address that was checked, under the name of the rule', async () => {
    const hosts: (string | undefined)[] = [];
    const port = await serve((request, response) => {
      hosts.push(request.headers.host);
      response.end('ok');
    });
    const outbound = client({ lookup: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]) });
    const answer = await post(outbound, `http://receiver.example:${port}/a?b=c`);
    expect(answer).toEqual({ status: 200, text: 'ok', retryAfterMs: null });
    expect(hosts).toEqual([`receiver.example:${port}`]);
  });

  test('a name that stands for something else a moment later changes nothing', async () => {
    const reached: string[] = [];
    const first = await serve((_request, response) => {
      reached.push('first');
      response.end();
    });
    await serve(
      (_request, response) => {
        reached.push('second');
        response.end();
      },
      '127.0.0.2',
      first,
    );
    let lookups = 0;
    const outbound = client({
      lookup: () => {
        lookups += 1;
        return Promise.resolve([{ address: lookups === 1 ? '127.0.0.1' : '127.0.0.2', family: 4 as const }]);
      },
    });
    await post(outbound, `http://receiver.example:${first}/`);
    expect({ lookups, reached }).toEqual({ lookups: 1, reached: ['first'] });
    // The connection to the first address is still open, and must not be taken for the second.
    await post(outbound, `http://receiver.example:${first}/`);
    expect({ lookups, reached }).toEqual({ lookups: 2, reached: ['first', 'second'] });
  });

  test.each<[name: string, addresses: string[]]>([
    ['a private address', ['127.0.0.1']],
    ['a public and a private one', ['1.1.1.1', '127.0.0.1']],
    ['a mapped private one', ['::ffff:127.0.0.1']],
    ['metadata', ['169.254.169.254']],
    ['what is no address', ['localhost']],
  ])('a foreign name that stands for %s is refused, and nothing is connected', async (_name, addresses) => {
    let connections = 0;
    const port = await speak(() => {
      connections += 1;
    });
    const outbound = client({
      lookup: () => Promise.resolve(addresses.map((address) => ({ address, family: 4 as const }))),
    });
    const answer = await post(outbound, `https://evil.example:${port}/${SECRET}`);
    expect(answer).toMatchObject({ status: 0, refused: true });
    expect(failureOf(answer)).not.toContain(SECRET);
    expect(connections).toBe(0);
  });

  test('an allowed name must not lead to metadata either', async () => {
    const outbound = client({ lookup: () => Promise.resolve([{ address: '169.254.169.254', family: 4 }]) });
    expect(await post(outbound, 'http://receiver.example/')).toMatchObject({ refused: true });
  });

  test.each([301, 302, 303, 307, 308])('a %i is not followed', async (status) => {
    const port = await serve((_request, response) => {
      response.writeHead(status, { location: 'http://169.254.169.254/latest/meta-data/' }).end();
    });
    const names: string[] = [];
    const outbound = client({
      lookup: (host) => {
        names.push(host);
        return Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
      },
    });
    expect(await post(outbound, `http://receiver.example:${port}/`)).toMatchObject({ status, text: '' });
    expect(names).toEqual(['receiver.example']);
  });

  test('the next address is tried when the first does not answer', async () => {
    const port = await serve((_request, response) => response.end('ok'), '127.0.0.2');
    const outbound = client({
      lookup: () => Promise.resolve(['127.0.0.1', '127.0.0.2'].map((address) => ({ address, family: 4 }))),
    });
    expect(await post(outbound, `http://receiver.example:${port}/`)).toMatchObject({ status: 200 });
  });
});

describe('names', () => {
  test('are resolved as every other program on the machine does', async () => {
    const port = await serve((_request, response) => response.end('ok'));
    const outbound = client({ privateDestinations: ['localhost'] });
    expect(await post(outbound, `http://localhost:${port}/`)).toMatchObject({ status: 200 });
  });

  const unknown = (): Promise<never> =>
    Promise.reject(Object.assign(new Error(`getaddrinfo ENOTFOUND ${SECRET}`), { code: 'ENOTFOUND' }));

  test('an unknown name may be known later', async () => {
    const answer = await post(client({ lookup: unknown }), 'https://unknown.example/');
    expect(answer).toEqual({
      status: 0,
      failure: 'its name cannot be resolved (ENOTFOUND)',
      refused: false,
    });
  });

  test('a name service that does not answer ends with the timeout', async () => {
    const outbound = client({ lookup: () => new Promise(() => undefined) });
    expect(await post(outbound, 'https://slow.example/', TIMEOUT_MS)).toEqual({
      status: 0,
      failure: 'no answer within 300 ms',
      refused: false,
    });
  });

  test('a name is asked for once at a time', async () => {
    let lookups = 0;
    const outbound = client({
      lookup: async () => {
        lookups += 1;
        await new Promise((resolve) => setTimeout(resolve, 20));
        return [{ address: '10.0.0.1', family: 4 }];
      },
    });
    await Promise.all(Array.from({ length: 50 }, () => post(outbound, 'https://evil.example/')));
    expect(lookups).toBe(1);
  });

  test('resolve gives a checked address, or says why not', async () => {
    const address = { address: '127.0.0.1', family: 4 as const };
    const outbound = client({
      privateDestinations: ['mail.example:25'],
      lookup: () => Promise.resolve([address]),
    });
    await expect(outbound.resolve('mail.example', 25)).resolves.toEqual(address);
    const refused = { code: 'channels.address-refused', retryable: false };
    await expect(outbound.resolve('mail.example', 26)).rejects.toMatchObject(refused);
    await expect(outbound.resolve('evil.example')).rejects.toMatchObject(refused);
    await expect(outbound.resolve('localhost')).rejects.toMatchObject(refused);
    await expect(outbound.resolve('169.254.169.254')).rejects.toMatchObject(refused);
    await expect(client({ lookup: unknown }).resolve('unknown.example')).rejects.toMatchObject({
      code: 'channels.address-unknown',
      retryable: true,
    });
  });
});

describe('answers', () => {
  test('a body that drips does not hold the request: its status counts', async () => {
    const port = await serve((_request, response) => {
      response.writeHead(500);
      const drip = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(drip));
    });
    const begun = performance.now();
    const answer = await post(client(), `http://127.0.0.1:${port}/`, TIMEOUT_MS);
    expect(performance.now() - begun).toBeLessThan(TIMEOUT_MS + 500);
    expect(answer).toMatchObject({ status: 500, text: expect.stringMatching(/^x+$/) });
  });

  test.each<[name: string, bytes: (turn: number) => string]>([
    ['a status line', (turn) => 'HTTP/1.1 200 OK'[turn] ?? ' '],
    ['headers', (turn) => (turn === 0 ? 'HTTP/1.1 200 OK\r\nx: ' : 'y')],
    ['interim answers', () => 'HTTP/1.1 102 Processing\r\n\r\n'],
    ['nothing', () => ''],
  ])('%s without end is no answer', async (_name, bytes) => {
    let ended: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => (ended = resolve));
    const port = await speak((socket) => {
      let turn = 0;
      const drip = setInterval(() => socket.write(bytes(turn++)), 20);
      socket
        .on('error', () => undefined)
        .on('close', () => {
          clearInterval(drip);
          ended();
        });
      socket.resume();
    });
    const answer = await post(client(), `http://127.0.0.1:${port}/${SECRET}`, TIMEOUT_MS);
    expect(answer).toEqual({ status: 0, failure: 'no answer within 300 ms', refused: false });
    // The connection is closed with the request: nothing is left behind.
    await gone;
  });

  test.each<[name: string, bytes: string, code: RegExp]>([
    ['a flood of headers', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(20_000)}\r\n`, /HPE_HEADER_OVERFLOW/],
    [
      'a header of a megabyte',
      `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(1_000_000)}\r\n\r\n`,
      /HPE_HEADER_OVERFLOW/,
    ],
    ['what is not HTTP', `SSH-2.0-OpenSSH ${SECRET}\r\n`, /HPE_/],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab', /HPE_/],
  ])('%s is no answer', async (_name, bytes, code) => {
    const port = await speak((socket) => {
      socket.on('error', () => undefined).end(bytes);
    });
    const answer = await post(client(), `http://127.0.0.1:${port}/`);
    expect(answer).toMatchObject({ status: 0, refused: false, failure: expect.stringMatching(code) });
    expect(failureOf(answer)).not.toContain(SECRET);
  });

  test('of a body without end the first 64 KiB are read', async () => {
    const port = await serve((_request, response) => {
      const more = (): void => {
        if (!response.destroyed) {
          response.write('x'.repeat(50_000), () => setImmediate(more));
        }
      };
      more();
    });
    const answer = await post(client(), `http://127.0.0.1:${port}/`);
    expect('text' in answer && answer.text.length).toBe(65_536);
  });

  test('a body that breaks off still has its status', async () => {
    const port = await serve((_request, response) => {
      response.writeHead(503, { 'retry-after': '3', 'content-length': '100' }).write('half', () => {
        response.socket?.destroy();
      });
    });
    expect(await post(client(), `http://127.0.0.1:${port}/`)).toEqual({
      status: 503,
      text: 'half',
      retryAfterMs: 3_000,
    });
  });

  test('a change of protocol is an answer that confirms nothing', async () => {
    const bytes = 'HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n';
    const port = await speak((socket) => {
      socket.on('error', () => undefined).end(bytes);
    });
    expect(await post(client(), `http://127.0.0.1:${port}/`)).toMatchObject({ status: 101, text: '' });
  });

  test.each([
    ['a header that ends a line', { 'x-a': 'b\r\nx-c: d' }],
    ['a header that is none', { 'x a': 'b' }],
  ])('%s is never sent, and never thrown', async (_name, headers) => {
    let requests = 0;
    const port = await serve((_request, response) => {
      requests += 1;
      response.end();
    });
    expect(await post(client(), `http://127.0.0.1:${port}/`, 5_000, headers)).toMatchObject({
      status: 0,
      refused: true,
    });
    expect(requests).toBe(0);
  });

  test('a closed port is named by its code, without the address', async () => {
    const port = await serve(() => undefined);
    closing.splice(0).forEach((close) => close());
    expect(failureOf(await post(client(), `http://127.0.0.1:${port}/${SECRET}`))).toBe(
      'the connection failed (ECONNREFUSED)',
    );
  });
});

describe('connections', () => {
  test('when no address answers, the failure is that of an address', async () => {
    const port = await serve(() => undefined);
    closing.splice(0).forEach((close) => close());
    const outbound = client({
      lookup: () => Promise.resolve(['127.0.0.1', '127.0.0.2'].map((address) => ({ address, family: 4 }))),
    });
    expect(failureOf(await post(outbound, `http://receiver.example:${port}/`))).toBe(
      'the connection failed (ECONNREFUSED)',
    );
  });

  test('one byte at a time is read as fast as bytes come', async () => {
    const port = await speak((socket) => {
      socket.on('error', () => undefined).write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
      socket.write('1\r\nx\r\n'.repeat(70_000));
    });
    const answer = await post(client(), `http://127.0.0.1:${port}/`);
    expect('text' in answer && answer.text.length).toBe(65_536);
  });

  test('are used again', async () => {
    let connections = 0;
    const server = createServer((_request, response) => response.end('ok'));
    server.on('connection', () => (connections += 1));
    const port = await listen(server);
    const outbound = client();
    for (let request = 0; request < 5; request += 1) {
      expect(await post(outbound, `http://127.0.0.1:${port}/`)).toMatchObject({ status: 200 });
    }
    expect(connections).toBe(1);
  });

  test('a destination that hangs keeps no other waiting', async () => {
    const hanging = await serve(() => undefined);
    const healthy = await serve((_request, response) => response.end('ok'));
    const outbound = client();
    const stuck = Array.from({ length: 100 }, () => post(outbound, `http://127.0.0.1:${hanging}/`, 1_000));
    const begun = performance.now();
    expect(await post(outbound, `http://127.0.0.1:${healthy}/`)).toMatchObject({ status: 200 });
    expect(performance.now() - begun).toBeLessThan(900);
    const answers = await Promise.all(stuck);
    expect(answers.every((answer) => failureOf(answer) === 'no answer within 1000 ms')).toBe(true);
  });
});
