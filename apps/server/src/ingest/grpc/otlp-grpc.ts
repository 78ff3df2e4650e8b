import {
  Server,
  ServerCredentials,
  type ConnectionInjector,
  type sendUnaryData,
  type ServerUnaryCall,
} from '@grpc/grpc-js';
import { createServer, type Socket } from 'node:net';
import { gunzip } from '../../http/gunzip.js';
import { bindPort, CLOSE_GRACE_MS, type Address, type Listener } from '../../http/listeners.js';
import type { OtlpSignal } from '../ingest-pipeline.js';
import { ENCODE_RESPONSE, type OtlpReceiver } from '../otlp-http.js';
import { admitCalls, type AdmittedRequest } from './admitted-call.js';
import { codeName, grpcStatusOf } from './grpc-status.js';

/** The unary method of each signal. */
const EXPORT_PATHS: Readonly<Record<OtlpSignal, string>> = {
  metrics: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
  traces: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  logs: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
};

/** More calls than any exporter has in flight; the bytes they hold are bounded by admission. */
const MAXIMUM_STREAMS = 256;
/** Asks a silent client whether it is still there, so that half-open connections do not pile up. */
const KEEPALIVE_MS = 60_000;

/**
 * Listens for OTLP/gRPC. Messages stay bytes: the decoder that serves OTLP/HTTP reads them.
 *
 * @throws AppError `server.port-in-use` or `server.listen`
 */
export async function listenGrpc(receiver: OtlpReceiver, address: Address): Promise<Listener> {
  const server = new Server({
    'grpc.max_receive_message_length': receiver.maxBodyBytes,
    'grpc.max_concurrent_streams': MAXIMUM_STREAMS,
    'grpc.keepalive_time_ms': KEEPALIVE_MS,
    'grpc.enable_channelz': 0,
    interceptors: [admitCalls(receiver)],
  });
  for (const signal of Object.keys(EXPORT_PATHS) as OtlpSignal[]) {
    server.register(EXPORT_PATHS[signal], exportOf(receiver, signal), asIs, requestAsIs, 'unary');
  }
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const sockets = new Set<Socket>();
  const listener = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    injector.injectConnection(socket);
  });
  const port = await bindPort(listener, address);
  return {
    port,
    close: async () => {
      const closed = new Promise<void>((resolve) => listener.close(() => resolve()));
      await drain(injector, sockets);
      await closed;
      server.forceShutdown();
    },
  };
}

/** Lets calls in progress finish for a moment, then cuts what is left. */
async function drain(injector: ConnectionInjector, sockets: ReadonlySet<Socket>): Promise<void> {
  const ended = Promise.all(
    [...sockets].map((socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()))),
  );
  injector.drain(CLOSE_GRACE_MS);
  const cut = setTimeout(() => sockets.forEach((socket) => socket.destroy()), CLOSE_GRACE_MS);
  await ended;
  clearTimeout(cut);
  injector.destroy();
}

function exportOf(receiver: OtlpReceiver, signal: OtlpSignal) {
  return (call: ServerUnaryCall<AdmittedRequest, Buffer>, callback: sendUnaryData<Buffer>): void => {
    store(receiver, signal, call.request).then(
      (answer) => {
        receiver.requests.add(signal, 'grpc', codeName(0));
        callback(null, answer);
      },
      (error: unknown) => {
        const status = grpcStatusOf(error, receiver.logger);
        receiver.requests.add(signal, 'grpc', codeName(status.code));
        callback(status);
      },
    );
  };
}

async function store(receiver: OtlpReceiver, signal: OtlpSignal, request: AdmittedRequest): Promise<Buffer> {
  const { project, message, isGzip, reservation } = request;
  try {
    reservation.resize(message.length);
    const body = isGzip ? await gunzip(message, receiver.maxBodyBytes, reservation) : message;
    const partial = await receiver.pipeline.ingestOtlp({
      signal,
      encoding: 'protobuf',
      project,
      body,
      reservation,
    });
    return Buffer.from(ENCODE_RESPONSE[signal](partial, 'protobuf'));
  } finally {
    reservation.release();
  }
}

/** The interceptor makes an {@link AdmittedRequest} of the bytes before the handler sees them. */
function requestAsIs(bytes: Buffer): AdmittedRequest {
  return bytes as unknown as AdmittedRequest;
}

function asIs(bytes: Buffer): Buffer {
  return bytes;
}
