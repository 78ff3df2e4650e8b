/** A whole HTTP request, head and body in one buffer, whose body is changed in place before each send. */
export interface RequestTemplate {
  /** What goes on the wire. Do not {@link stamp} while an answer is outstanding: a resend must send the same bytes. */
  readonly bytes: Buffer;
  /** Points or spans in the body. */
  readonly items: number;
  /** Makes the body a new one: items of time `timeMs` (milliseconds since the epoch), with new values and ids. */
  stamp(timeMs: number): void;
}

/** Puts the head of a POST in front of a body. */
export function withHead(
  target: { readonly host: string; readonly port: number; readonly path: string },
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
): { readonly bytes: Buffer; readonly bodyAt: number } {
  const lines = [
    `POST ${target.path} HTTP/1.1`,
    `Host: ${target.host}:${target.port}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `Content-Length: ${body.length}`,
  ];
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  return { bytes: Buffer.concat([head, body]), bodyAt: head.length };
}

/** Nanoseconds of a time in milliseconds, as the low and the high half of a 64-bit integer. */
export function nanoHalves(timeMs: number): { readonly low: number; readonly high: number } {
  const nano = BigInt(timeMs) * 1_000_000n;
  return { low: Number(nano & 0xffff_ffffn), high: Number(nano >> 32n) };
}
