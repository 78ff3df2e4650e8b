import { hash } from 'node:crypto';

import { lengthPrefixed } from './attributes.js';
import type { CanonicalAttributes } from './attributes.js';
import type { MetricType, Temporality } from './metrics/batch.js';

/** What the series of one metric share, as far as it identifies them. */
export interface StreamIdentity {
  readonly resource: CanonicalAttributes;
  readonly scopeName: string;
  readonly scopeVersion: string;
  readonly scope: CanonicalAttributes;
  readonly metricName: string;
  readonly metricType: MetricType;
  readonly unit: string;
  readonly temporality: Temporality;
  readonly isMonotonic: boolean;
}

/**
 * SHA-256, in hex, over the parts of a stream's identity, each with its length in front.
 *
 * The digest stands for the stream in the hashes of its series, so that the (often long) resource is hashed once.
 */
export function streamDigest(stream: StreamIdentity): string {
  const parts = [
    // Changing the serialisation changes every hash in the store: then change this word too.
    'tidewatch-series-1',
    stream.metricName,
    stream.metricType,
    stream.unit,
    stream.temporality,
    String(stream.isMonotonic),
    stream.resource.canonical,
    stream.scopeName,
    stream.scopeVersion,
    stream.scope.canonical,
  ];
  return hash('sha256', parts.map(lengthPrefixed).join(''), 'hex');
}

/**
 * The 64-bit identity of a series: the first eight bytes, little-endian, of SHA-256 over the stream digest and the
 * canonical attributes of its points.
 *
 * The types of values are part of it (int 1 is not string "1"), their order is not. Among N series two collide with
 * a probability of about N^2 / 2^65: 3 in 10,000 for a hundred million series.
 *
 * @returns an unsigned 64-bit integer
 */
export function seriesHash(streamDigestHex: string, attributes: CanonicalAttributes): bigint {
  // `binary` gives one character per byte, and is several times faster than a Buffer for so short a digest.
  const digest = hash('sha256', streamDigestHex + attributes.canonical, 'binary');
  return (BigInt(uint32At(digest, 4)) << 32n) | BigInt(uint32At(digest, 0));
}

/** Four characters, each one byte, as a little-endian unsigned integer. */
function uint32At(bytes: string, position: number): number {
  let value = 0;
  for (let index = 3; index >= 0; index--) {
    value = value * 256 + bytes.charCodeAt(position + index);
  }
  return value;
}
