import type { JournalStatus } from '@tidewatch/journal';
import { single, type MetricFamily, type MetricValue } from './metric-family.js';

const OUTCOMES = ['received', 'stored', 'rejected', 'duplicate'] as const;
const INSERT_DURATION = 'tidewatch_insert_duration_seconds';

/** The counts of the journal. `received = stored + rejected + duplicate + pending` for every signal. */
export function journalMetrics(status: JournalStatus): MetricFamily[] {
  const signals = Object.entries(status.perSignal);
  return [
    {
      type: 'counter',
      name: 'tidewatch_ingest_items_total',
      help: 'Points, spans, log records and samples since the start, by what became of them.',
      values: signals.flatMap(([signal, counts]) =>
        OUTCOMES.map((outcome) => ({ value: counts[outcome], labels: { signal, outcome } })),
      ),
    },
    {
      type: 'gauge',
      name: 'tidewatch_ingest_items_pending',
      help: 'Items that are on disk and not stored yet, dead letters included.',
      values: signals.map(([signal, counts]) => ({ value: counts.pending, labels: { signal } })),
    },
    {
      type: 'gauge',
      name: 'tidewatch_ingest_items_dead_lettered',
      help: 'Items that ClickHouse refused for good and that wait for somebody to look at them.',
      values: signals.map(([signal, counts]) => ({ value: counts.deadLettered, labels: { signal } })),
    },
    single('gauge', 'tidewatch_journal_bytes', 'Bytes of the journal on disk.', status.bytes),
    single('gauge', 'tidewatch_journal_max_bytes', 'Bytes the journal may take.', status.maxBytes),
    single('gauge', 'tidewatch_journal_segments', 'Segments that are not stored yet.', status.segments),
    single(
      'gauge',
      'tidewatch_journal_oldest_age_seconds',
      'Age of the oldest record that is not stored; 0 when there is none.',
      (status.oldestAgeMs ?? 0) / 1_000,
    ),
    single(
      'gauge',
      'tidewatch_journal_sink_failing',
      '1 while ClickHouse refuses data.',
      status.sinkFailingSince === null ? 0 : 1,
    ),
    single('gauge', 'tidewatch_journal_dead_letters', 'Batches put aside.', status.deadLetters.count),
    single(
      'gauge',
      'tidewatch_journal_dead_letter_bytes',
      'Bytes of the batches put aside.',
      status.deadLetters.bytes,
    ),
    single(
      'counter',
      'tidewatch_journal_damaged_records_total',
      'Records that could no longer be read.',
      status.damaged.records,
    ),
    insertDuration(status),
  ];
}

function insertDuration({ insertLatency }: JournalStatus): MetricFamily {
  const { count, sumMs, buckets } = insertLatency;
  const bucket = (le: string, value: number): MetricValue => ({
    value,
    labels: { le },
    metricName: `${INSERT_DURATION}_bucket`,
  });
  return {
    type: 'histogram',
    name: INSERT_DURATION,
    help: 'How long successful inserts into ClickHouse took.',
    values: [
      ...buckets.map((each) => bucket(String(each.leMs / 1_000), each.count)),
      bucket('+Inf', count),
      { value: sumMs / 1_000, labels: {}, metricName: `${INSERT_DURATION}_sum` },
      { value: count, labels: {}, metricName: `${INSERT_DURATION}_count` },
    ],
  };
}
