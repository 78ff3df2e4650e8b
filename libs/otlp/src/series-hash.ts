import { hash } from 'node:crypto';

import { lengthPrefixed } from './attributes.js';
import type { CanonicalAttributes } from './attributes.js';
import type { MetricType, Temporality } from './metrics/batch.js';

/** What the series of one metric share, as far as it identifies them. */
export interface StreamIdentity {
  /** `identityText` of the attributes of the resource. */
  readonly resource: string;
  readonly scopeName: string;
  readonly scopeVersion: string;
  /** `identityText` of the attributes of the scope. */
  readonly scope: string;
  readonly metricName: string;
  readonly metricType: MetricType;
  readonly unit: string;
  readonly temporality: Temporality;
  readonly isMonotonic: boolean;
}

const MAX_IDENTITY_LENGTH = 65_536;

/**
 * What stands for the attributes of a resource or scope in the digests of all its streams: their canonical text or, if
 * that is long, its digest. Otherwise a million metrics under a resource of a megabyte would hash it a million times.
 */
export function identityText(attributes: CanonicalAttributes): string {
  const { canonical } = attributes;
  // A canonical text starts with another letter, so the two forms cannot be taken for each other.
  return canonical.length <= MAX_IDENTITY_LENGTH ? canonical : `h${hash('sha256', canonical, 'hex')}`;
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
    stream.resource,
    stream.scopeName,
    stream.scopeVersion,
    stream.scope,
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
export function seriesHash(streamDigestHex: string, canonicalAttributes: string): bigint {
  // `binary` gives one character per byte, and is several times faster than a Buffer for so short a digest.
  const digest = hash('sha256', streamDigestHex + canonicalAttributes, 'binary');
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

/** A 64-bit hash of a metric's name, under which its series are counted whatever else describes the metric. */
export function metricNameHash(name: string): bigint {
  const digest = hash('sha256', name, 'binary');
  return (BigInt(uint32At(digest, 4)) << 32n) | BigInt(uint32At(digest, 0));
}
