import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DueJobs } from './due-jobs.js';

test('what is due comes in the order of its times, and nothing before its time', () => {
  const steps = fc.array(
    fc.oneof(
      fc.record({ add: fc.integer({ min: 0, max: 50 }) }),
      fc.record({ take: fc.integer({ min: 0, max: 50 }) }),
    ),
  );
  fc.assert(
    fc.property(steps, (list) => {
      const jobs = new DueJobs<{ dueAt: number }>();
      const model: number[] = [];
      for (const step of list) {
        if ('add' in step) {
          jobs.push({ dueAt: step.add });
          model.push(step.add);
        } else {
          model.sort((a, b) => a - b);
          const expected = (model[0] ?? Infinity) <= step.take ? model.shift() : undefined;
          expect(jobs.takeDue(step.take)?.dueAt).toBe(expected);
        }
        expect([jobs.size, jobs.nextAt]).toEqual([
          model.length,
          model.length === 0 ? undefined : Math.min(...model),
        ]);
      }
    }),
  );
});
