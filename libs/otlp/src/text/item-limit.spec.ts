import { expect, test } from '@jest/globals';

import { bytesField, fixed64Field } from '../../fixtures/wire-bytes.js';
import { decodeLogs, decodeTraces } from '../index.js';
import { MAX_ITEMS } from './item-limit.js';

const TIMES = { earliest: 0, latest: 8e15 };

test('records beyond the limit of a request are refused, not lost', () => {
  const records = Buffer.alloc(2 * (MAX_ITEMS + 3));
  for (let at = 0; at < records.length; at += 2) {
    records[at] = 0x12;
  }
  const batch = decodeLogs(bytesField(1, bytesField(2, records)), 'protobuf', { times: TIMES, now: 1 });
  expect(batch.accepted).toBe(MAX_ITEMS);
  expect(batch.rejections).toEqual([
    {
      count: 3,
      reason: 'only 1000000 records of one request are taken (3 records refused); send smaller requests',
    },
  ]);
});

test('a span with more events than a request may have is refused, and the next one taken', () => {
  const fields = [
    bytesField(1, Buffer.alloc(16, 1)),
    bytesField(2, Buffer.alloc(8, 1)),
    fixed64Field(7, 5n),
    fixed64Field(8, 5n),
  ];
  const events = Buffer.alloc(2 * (MAX_ITEMS + 1));
  for (let at = 0; at < events.length; at += 2) {
    events[at] = 0x5a;
  }
  const spans = [
    bytesField(2, ...fields, events),
    bytesField(2, ...fields, bytesField(11, bytesField(2, 'event'))),
  ];
  const batch = decodeTraces(bytesField(1, bytesField(2, ...spans)), 'protobuf', { times: TIMES });
  expect([batch.accepted, batch.events.length]).toEqual([1, 1]);
  expect(batch.rejections).toEqual([
    {
      count: 1,
      reason:
        'only 1000000 events and 1000000 links of one request are taken (1 span refused); send smaller requests',
    },
  ]);
});
