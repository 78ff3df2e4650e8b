import { connect, type Socket } from 'node:net';
import { AppError } from '@tidewatch/core';
import { specialRange } from '../outbound/address-range.js';
import type { OutboundClient } from '../outbound/outbound-client.js';
import { portOf, type EmailSpec } from './email-spec.js';

/**
 * Connects to the mail server of a receiver: resolves and checks its name, and connects to the checked address. Who takes
 * the socket over still speaks TLS to the name.
 *
 * @throws AppError `channels.address-refused`, `channels.address-unknown` (retryable), `channels.mail-not-private`; the error of
 *   the socket, such as `ECONNREFUSED`, or `ETIMEDOUT` after `timeoutMs`
 */
export async function connectMailServer(
  spec: EmailSpec,
  outbound: OutboundClient,
  timeoutMs: number,
): Promise<Socket> {
  const port = portOf(spec);
  const { address, family } = await outbound.resolve(spec.host, port);
  // A private address came through because the settings name the host: nobody else reads what goes there in the open.
  if (spec.security === 'none' && specialRange(address) === null) {
    throw new AppError({
      code: 'channels.mail-not-private',
      message: 'The mail server is on the public internet and the receiver says security: none.',
      hint: 'Use security: starttls or tls. Without TLS only a private destination can be used.',
    });
  }
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, family, port });
    const failed = (error: Error): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(
      () => failed(Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT' })),
      timeoutMs,
    );
    socket.once('error', failed);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', failed);
      resolve(socket);
    });
  });
}
