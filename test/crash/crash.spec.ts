import { expect, test } from '@jest/globals';
import { describeReport, isClean } from './crash-report.js';
import { runCrash } from './run-crash.js';

test('20 times killed and started again, nothing is lost and nothing counted twice', async () => {
  const report = await runCrash({ cycles: 20, seed: 20_261_124, roles: 'ingest' });
  // The text first: a failure then says of which signal how many.
  expect([isClean(report), describeReport(report)]).toEqual([true, expect.any(String)]);
  expect(report.killsDuringStart).toBeGreaterThan(0);
  for (const { sent, rows } of Object.values(report.signals)) {
    expect(sent).toBeGreaterThan(100);
    expect(rows).toBe(sent);
  }
}, 180_000);
