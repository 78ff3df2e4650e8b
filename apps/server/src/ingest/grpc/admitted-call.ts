import {
  ResponderBuilder,
  ServerInterceptingCall,
  ServerListenerBuilder,
  type Metadata,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
} from '@grpc/grpc-js';
import { AppError } from '@tidewatch/core';
import { authenticate } from '../../http/authentication.js';
import type { Reservation } from '../admission.js';
import type { OtlpReceiver } from '../otlp-http.js';
import { openWire, type CallWire } from './call-wire.js';
import { codeName, grpcStatusOf } from './grpc-status.js';

/** Room for the message of an ordinary exporter; the length in front of a message says when it needs more. */
const FIRST_BYTES = 262_144;
/** Byte for "compressed", four bytes of length. */
const PREFIX_BYTES = 5;
/** How long a client may take to send its message. */
const MESSAGE_TIMEOUT_MS = 60_000;

/** A request as the handler gets it: in memory that is reserved, from somebody who may send. */
export interface AdmittedRequest {
  readonly project: string;
  /** As sent; compressed when `isGzip`. */
  readonly message: Buffer;
  readonly isGzip: boolean;
  /** The handler's to release from here on. */
  readonly reservation: Reservation;
}

/**
 * Lets a call in before anything of its message is read: its key is checked and room is reserved, for which it may have to
 * wait a moment. Calls that are refused here cost no memory.
 */
export function admitCalls(receiver: OtlpReceiver): ServerInterceptor {
  return (method, call) => {
    const signal = /\.(metrics|trace|logs)\.v1\./.exec(method.path)?.[1] ?? '';
    const admitted = new AdmittedCall(receiver, call, signal === 'trace' ? 'traces' : signal);
    const listener = new ServerListenerBuilder()
      .withOnReceiveMetadata((metadata, next) => void admitted.start(metadata, next))
      .withOnReceiveMessage((message: Buffer, next) => next(admitted.request(message)))
      .withOnCancel(() => admitted.end())
      .build();
    const responder = new ResponderBuilder().withStart((next) => next(listener)).build();
    return new ServerInterceptingCall(call, responder);
  };
}

/** One call from its metadata to its message. */
class AdmittedCall {
  private readonly receiver: OtlpReceiver;
  private readonly call: ServerInterceptingCallInterface;
  private readonly signal: string;
  private readonly wire: CallWire | null;
  private reservation: Reservation | null = null;
  private project = '';
  private ended = false;
  private timeout: NodeJS.Timeout | undefined;
  private prefix = Buffer.alloc(0);
  private messageBytes: number | null = null;

  constructor(receiver: OtlpReceiver, call: ServerInterceptingCallInterface, signal: string) {
    this.receiver = receiver;
    this.call = call;
    this.signal = signal;
    this.wire = openWire(call);
  }

  /** Checks the key, reserves room, and lets reading begin. */
  async start(metadata: Metadata, next: (metadata: Metadata) => void): Promise<void> {
    const { keys, admission, maxBodyBytes } = this.receiver;
    try {
      this.project = authenticate(keys, metadata.get('authorization')[0]?.toString());
      // Without a view of the wire the worst has to be assumed: a message at the limit, and its copy.
      const first = this.wire === null ? 2 * maxBodyBytes : Math.min(FIRST_BYTES, 2 * maxBodyBytes);
      const reservation = await admission.reserve(first);
      if (this.ended) {
        reservation.release();
        return;
      }
      this.reservation = reservation;
      this.timeout = setTimeout(() => this.refuse(tooSlow()), MESSAGE_TIMEOUT_MS);
      this.wire?.onBytes((bytes) => this.count(bytes));
      next(metadata);
    } catch (error) {
      this.refuse(error);
    }
  }

  /** Hands the message and the reservation over to the handler. */
  request(message: Buffer): AdmittedRequest {
    clearTimeout(this.timeout);
    const { reservation, project, wire } = this;
    if (reservation === null) {
      throw new Error('A message came before it was let in.');
    }
    this.reservation = null;
    // A compressed message starts as gzip data does; no protobuf message can (wire type 7).
    const isGzip = wire?.isGzip === true && message[0] === 0x1f && message[1] === 0x8b;
    return { project, message, isGzip, reservation };
  }

  /** The call is over, one way or another. */
  end(): void {
    this.ended = true;
    clearTimeout(this.timeout);
    this.reservation?.release();
    this.reservation = null;
  }

  private refuse(error: unknown): void {
    if (!this.ended) {
      const status = grpcStatusOf(error, this.receiver.logger);
      this.receiver.requests.add(this.signal, 'grpc', codeName(status.code));
      this.call.sendStatus(status);
      this.end();
    }
  }

  /** Looks at the length in front of the message, once it is there, and reserves that much. */
  private count(bytes: Buffer): void {
    if (this.messageBytes !== null || this.reservation === null) {
      return;
    }
    this.prefix = Buffer.concat([this.prefix, bytes.subarray(0, PREFIX_BYTES - this.prefix.length)]);
    if (this.prefix.length < PREFIX_BYTES) {
      return;
    }
    this.messageBytes = this.prefix.readUInt32BE(1);
    // grpc-js gathers the pieces and then joins them, so that for a moment the message exists twice.
    const wanted = 2 * Math.min(this.messageBytes, this.receiver.maxBodyBytes);
    if (wanted > this.reservation.bytes && this.messageBytes + PREFIX_BYTES > bytes.length) {
      void this.makeRoom(this.reservation, wanted - this.reservation.bytes);
    }
  }

  private async makeRoom(reservation: Reservation, bytes: number): Promise<void> {
    this.wire?.pause();
    try {
      await reservation.extend(bytes);
      if (!this.ended) {
        this.wire?.resume();
      }
    } catch (error) {
      this.refuse(error);
    }
  }
}

function tooSlow(): AppError {
  return new AppError({
    code: 'request.too-slow',
    message: `The request did not arrive within ${MESSAGE_TIMEOUT_MS / 1_000} s.`,
    hint: 'Send smaller batches.',
    retryable: true,
  });
}
