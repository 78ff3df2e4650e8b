import { createServer } from 'node:net';

/**
 * A free port below the range that the kernel takes for outgoing connections (32768 and up on Linux). A server that is
 * killed and started again needs its port back; from that range a reconnecting client could be given it meanwhile, and
 * even end up connected to itself.
 */
export async function quietPort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (await isFree(port)) {
      return port;
    }
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
