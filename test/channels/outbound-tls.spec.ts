import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  createOutboundClient,
  type ClosableOutboundClient,
} from '../../libs/channels/src/outbound/create-outbound-client.js';
import type { Answer } from '../../libs/channels/src/outbound/outbound-client.js';
import { selfSigned } from './self-signed.js';

const certificate = selfSigned('receiver.example');

describe('a receiver with TLS', () => {
  let port: number;
  let close: () => void;
  let seen: { host: string | undefined; servername: unknown }[];
  const clients: ClosableOutboundClient[] = [];

  beforeEach(async () => {
    seen = [];
    const server = createServer({ ...certificate }, (request, response) => {
      const { servername } = request.socket as unknown as { servername: unknown };
      seen.push({ host: request.headers.host, servername });
      response.end('ok');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
    close = () => {
      server.close();
      server.closeAllConnections();
    };
  });
  afterEach(() => {
    clients.splice(0).forEach((client) => client.close());
    close();
  });

  const send = (host: string, ca?: string): Promise<Answer> => {
    const client = createOutboundClient({
      privateDestinations: ['receiver.example', 'other.example', '127.0.0.1'],
      lookup: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]),
      ...(ca !== undefined && { ca }),
    });
    clients.push(client);
    return client.send({ method: 'POST', url: `https://${host}:${port}/`, body: '{}', timeoutMs: 5_000 });
  };

  test('is reached at the checked address under its own name', async () => {
    expect(await send('receiver.example', certificate.cert)).toMatchObject({ status: 200, text: 'ok' });
    expect(seen).toEqual([{ host: `receiver.example:${port}`, servername: 'receiver.example' }]);
  });

  test.each<[name: string, host: string, ca: string | undefined, code: string]>([
    ['signed by nobody known', 'receiver.example', undefined, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['for another name', 'other.example', certificate.cert, 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['for a name, at a bare address', '127.0.0.1', certificate.cert, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ])('a certificate %s ends it, an allowed private destination or not', async (_name, host, ca, code) => {
    expect(await send(host, ca)).toEqual({
      status: 0,
      failure: `the connection failed (${code})`,
      refused: false,
    });
    expect(seen).toEqual([]);
  });

  test('plain HTTP at its port is no answer', async () => {
    const client = createOutboundClient({ privateDestinations: ['127.0.0.1'] });
    clients.push(client);
    const answer = await client.send({ method: 'GET', url: `http://127.0.0.1:${port}/`, timeoutMs: 5_000 });
    expect(answer).toMatchObject({ status: 0, refused: false });
  });
});
