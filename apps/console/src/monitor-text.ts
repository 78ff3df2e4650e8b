import type { MonitorView } from './api.js';

/**
 * What a monitor says: what changed most, which stands by itself, and the rest. All alarms of a run carry the same note,
 * and the reason repeats it; the reader sees it once.
 */
export function monitorText({ reason, verdicts }: Pick<MonitorView, 'reason' | 'verdicts'>): {
  note: string;
  reason: string;
} {
  const note = verdicts.find((verdict) => verdict.note !== undefined)?.note ?? '';
  return { note, reason: note === '' ? reason : reason.replace(note, '').replace(/ {2,}/g, ' ').trim() };
}
