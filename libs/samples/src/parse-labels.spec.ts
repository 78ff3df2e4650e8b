import { describe, expect, test } from '@jest/globals';

import { parseLabels } from './index.js';
import type { Label, ParsedRows } from './index.js';

const NOW = Date.parse('2026-11-22T10:05:00Z');

function parse(rows: unknown): ParsedRows<Label> {
  return parseLabels(Buffer.from(JSON.stringify(rows)), {
    contentType: 'application/json',
    project: 'p',
    now: NOW,
  });
}

describe('labels', () => {
  test('keep every field', () => {
    const wire = {
      prediction_id: 'c1f',
      label: 'deny',
      value: 0.5,
      outcome_value: -12.5,
      timestamp: '2026-11-22T09:00:00Z',
      source: 'chargeback',
      weight: 0.25,
      project: 'p',
    };
    expect(parse([wire])).toEqual({
      rejected: [],
      rows: [
        {
          project: 'p',
          predictionId: 'c1f',
          label: 'deny',
          value: 0.5,
          outcomeValue: -12.5,
          timestamp: Date.parse('2026-11-22T09:00:00Z'),
          receivedAt: NOW,
          source: 'chargeback',
          weight: 0.25,
        },
      ],
    });
  });

  test.each([{ label: 'a' }, { value: 0 }, { outcome_value: 3 }])(
    '%j is enough beside the prediction',
    (content) => {
      const { rows } = parse([{ prediction_id: 'c1f', ...content }]);
      expect(rows).toMatchObject([{ timestamp: NOW, source: '', weight: 1 }]);
    },
  );

  test.each([
    [{ prediction_id: null }, 'prediction_id', 'required'],
    [{ label: null }, 'label', 'one of label, value and outcome_value is required'],
    [{ label: '' }, 'label', 'one of label, value and outcome_value is required'],
    [{ label: 1 }, 'label', 'a string is expected'],
    [{ label: 'x'.repeat(4_097) }, 'label', 'longer than 4096 characters'],
    [{ value: '1' }, 'value', 'a number is expected'],
    [{ outcome_value: '1' }, 'outcome_value', 'a number is expected'],
    [{ timestamp: NOW + 700_000 }, 'timestamp', 'in the future'],
    [{ timestamp: '2025-11-22T09:00:00Z' }, 'timestamp', 'older than 30 days'],
    [{ source: 4 }, 'source', 'a string is expected'],
    [{ weight: -1 }, 'weight', 'must be above 0'],
    [{ project: 'q' }, 'project', 'belongs to the project p'],
    [{ id: 'c1f' }, 'id', 'there is no such field'],
  ])('%j is refused', (change, field, reason) => {
    expect(parse([{ prediction_id: 'c1f', label: 'a', ...change }])).toEqual({
      rows: [],
      rejected: [{ index: 0, field, reason: expect.stringContaining(reason) }],
    });
  });
});
