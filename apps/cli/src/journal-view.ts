import { formatDuration } from '@tidewatch/core';
import { formatBytes, formatCount, formatTable, formatTime } from './table.js';

/** `GET /api/v1/ingest`, as far as it is shown. */
export interface IngestStatus {
  readonly signals: Readonly<
    Record<
      string,
      Readonly<Record<'received' | 'stored' | 'pending' | 'rejected' | 'duplicate' | 'deadLettered', number>>
    >
  >;
  readonly journal: {
    readonly bytes: number;
    readonly maxBytes: number;
    readonly segments: number;
    readonly oldestAgeMs: number | null;
    readonly sinkFailingSince: number | null;
  };
}

/** An item of `GET /api/v1/ingest/dead-letters`. */
export interface DeadLetterItem {
  readonly name: string;
  readonly layout: string;
  /** Days since the epoch. */
  readonly day: number;
  readonly rows: number;
  readonly bytes: number;
  readonly code: string;
  readonly message: string;
  readonly time: number;
  readonly projects: readonly string[];
}

const DAY_MS = 86_400_000;
const SIGNAL_COLUMNS = ['received', 'stored', 'pending', 'rejected', 'duplicate', 'deadLettered'] as const;
const TITLES = {
  received: 'RECEIVED',
  stored: 'STORED',
  pending: 'PENDING',
  rejected: 'REJECTED',
  duplicate: 'DUPLICATE',
  deadLettered: 'DEAD',
} as const;

/** What the journal holds, for people. */
export function journalText(status: IngestStatus, deadLetters: readonly DeadLetterItem[]): string {
  return [signalTable(status), '', journalLine(status), '', deadLetterText(deadLetters)].join('\n');
}

function signalTable({ signals }: IngestStatus): string {
  return formatTable(
    [
      { title: 'SIGNAL' },
      ...SIGNAL_COLUMNS.map((column) => ({ title: TITLES[column], align: 'right' as const })),
    ],
    Object.entries(signals).map(([signal, counts]) => [
      signal,
      ...SIGNAL_COLUMNS.map((column) => formatCount(counts[column])),
    ]),
  );
}

function journalLine({ journal }: IngestStatus): string {
  const { bytes, maxBytes, segments, oldestAgeMs, sinkFailingSince } = journal;
  const waiting =
    oldestAgeMs === null
      ? 'nothing waits for ClickHouse'
      : `the oldest item has waited ${formatDuration(Math.max(1_000, Math.round(oldestAgeMs / 1_000) * 1_000))}`;
  const size = `Journal: ${formatBytes(bytes)} of ${formatBytes(maxBytes)} in ${formatCount(segments)} segment${segments === 1 ? '' : 's'}; ${waiting}.`;
  return sinkFailingSince === null
    ? size
    : `${size}\nClickHouse has taken nothing since ${formatTime(sinkFailingSince)} UTC; the journal tries again by itself.`;
}

function deadLetterText(deadLetters: readonly DeadLetterItem[]): string {
  if (deadLetters.length === 0) {
    return 'No dead letters.';
  }
  const table = formatTable(
    [
      { title: 'DEAD LETTER' },
      { title: 'TABLE' },
      { title: 'DAY' },
      { title: 'ROWS', align: 'right' },
      { title: 'SIZE', align: 'right' },
      { title: 'PUT ASIDE (UTC)' },
      { title: 'WHY' },
    ],
    deadLetters.map((letter) => [
      letter.name,
      letter.layout.replace(/\/\d+$/, ''),
      letter.day === 0 ? '-' : formatTime(letter.day * DAY_MS).slice(0, 10),
      formatCount(letter.rows),
      formatBytes(letter.bytes),
      formatTime(letter.time),
      `${letter.message.slice(0, 120)} [${letter.code}]`,
    ]),
  );
  return `${table}\n\nStore one after its cause is gone: tidewatch journal retry NAME\nGive one up for good:             tidewatch journal drop NAME`;
}
