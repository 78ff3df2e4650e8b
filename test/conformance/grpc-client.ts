import {
  Client,
  credentials,
  Metadata,
  type ServiceError,
  type status as GrpcStatus,
  type StatusObject,
} from '@grpc/grpc-js';
import type { Signal } from './payloads.js';
import { readFields } from './wire.js';

/** How one unary call ended. */
export interface GrpcAnswer {
  readonly code: GrpcStatus;
  readonly message: string;
  readonly body: Buffer;
  /** Type URLs of the details of a `google.rpc.Status` in the trailer `grpc-status-details-bin`, if any. */
  readonly details: readonly string[];
}

const METHODS: Readonly<Record<Signal, string>> = {
  metrics: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
  traces: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  logs: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
};

/** grpc-js numbers its compressions and does not export the numbers as values. */
const IDENTITY = 0;
const GZIP = 2;

/** One channel to an OTLP/gRPC endpoint, with requests and answers as raw bytes. */
export class GrpcClient {
  private readonly client: Client;
  private readonly authorization: string | undefined;

  constructor(address: string, options: { readonly authorization?: string; readonly gzip?: boolean } = {}) {
    this.client = new Client(address, credentials.createInsecure(), {
      'grpc.default_compression_algorithm': options.gzip === true ? GZIP : IDENTITY,
      'grpc.max_send_message_length': -1,
      'grpc.max_receive_message_length': -1,
    });
    this.authorization = options.authorization;
  }

  /** Calls Export of a signal. An error status is an answer, not an exception. */
  export(
    signal: Signal,
    body: Buffer,
    options: { readonly authorization?: string } = {},
  ): Promise<GrpcAnswer> {
    const metadata = new Metadata();
    const authorization = options.authorization ?? this.authorization;
    if (authorization !== undefined) {
      metadata.set('authorization', authorization);
    }
    return new Promise<GrpcAnswer>((resolve) => {
      let answered: Buffer = Buffer.alloc(0);
      let failure: ServiceError | null = null;
      const call = this.client.makeUnaryRequest(
        METHODS[signal],
        (bytes: Buffer) => bytes,
        (bytes: Buffer) => bytes,
        body,
        metadata,
        { deadline: Date.now() + 30_000 },
        (error, response) => {
          failure = error;
          answered = response ?? answered;
        },
      );
      call.on('status', (status: StatusObject) =>
        // The callback has run by then: it comes before this event.
        setImmediate(() =>
          resolve({
            code: status.code,
            message: failure?.details ?? status.details,
            body: answered,
            details: detailTypes(status.metadata),
          }),
        ),
      );
    });
  }

  close(): void {
    this.client.close();
  }
}

/** google.rpc.Status { details = 3 repeated Any { type_url = 1 } }. */
function detailTypes(metadata: Metadata): string[] {
  const [bytes] = metadata.get('grpc-status-details-bin');
  if (!(bytes instanceof Buffer)) {
    return [];
  }
  return readFields(bytes)
    .filter(({ field }) => field === 3)
    .map(
      ({ bytes: any }) =>
        readFields(any)
          .find(({ field }) => field === 1)
          ?.bytes.toString() ?? '',
    );
}
