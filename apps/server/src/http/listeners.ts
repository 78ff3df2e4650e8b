import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Server as NetServer } from 'node:net';
import { AppError, errorCode } from '@tidewatch/core';

/** Answers one HTTP request. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** Where to listen. `setting` is the environment variable that chooses the port, named in errors. */
export interface Address {
  readonly bind: string;
  readonly port: number;
  readonly setting: string;
}

/** A bound port. */
export interface Listener {
  readonly port: number;
  /** Stops taking connections, lets requests in progress finish for a moment, then cuts what is left. */
  close(): Promise<void>;
}

/** How long a request in progress may still take when the process stops. */
export const CLOSE_GRACE_MS = 3_000;

/**
 * OpenTelemetry exporters keep connections open between exports that are up to a minute apart. A client that sends its
 * headers or its body a byte at a time is cut off, so that it cannot hold memory for longer.
 */
const TIMEOUTS = {
  keepAliveTimeout: 65_000,
  headersTimeout: 15_000,
  requestTimeout: 60_000,
  connectionsCheckingInterval: 5_000,
};

/**
 * Binds `handler` to a port.
 *
 * @throws AppError `server.port-in-use` or `server.listen`
 */
export async function listen(handler: RequestHandler, address: Address): Promise<Listener> {
  const server = createServer({ ...TIMEOUTS, noDelay: true }, handler);
  return { port: await bindPort(server, address), close: () => close(server) };
}

/**
 * Binds a server and returns its port.
 *
 * @throws AppError `server.port-in-use` or `server.listen`
 */
export async function bindPort(server: NetServer, address: Address): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, address)));
    server.listen(address.port, address.bind, resolve);
  });
  return (server.address() as AddressInfo).port;
}

function listenError(error: Error, address: Address): AppError {
  const place = `${address.bind}:${address.port}`;
  if (errorCode(error) === 'EADDRINUSE') {
    return new AppError({
      code: 'server.port-in-use',
      message: `Tidewatch cannot listen on ${place}: another program already does.`,
      hint: `Stop that program (find it with: ss -ltnp 'sport = :${address.port}'), or choose another port with ${address.setting}.`,
      cause: error,
    });
  }
  return new AppError({
    code: 'server.listen',
    message: `Tidewatch cannot listen on ${place}: ${error.message}.`,
    hint: `Check TIDEWATCH_BIND and ${address.setting}.`,
    cause: error,
  });
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
  await closed;
  clearTimeout(cut);
}
