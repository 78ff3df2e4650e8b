// Loaded into a server under test with --import: reports how long its event loop was held up. Time in which the thread
// was ready but other processes had the processor does not count, so the result does not depend on how busy the machine is.
//
// Appends one line of JSON {"at", "stallMs"} per stall of 20 ms or more to the file that EVENT_LOOP_PROBE_FILE names.
import { appendFileSync, readFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const EVERY_MS = 10;
const REPORT_MS = 20;
const file = process.env.EVENT_LOOP_PROBE_FILE;
const schedule = `/proc/self/task/${process.pid}/schedstat`;

if (isMainThread && file !== undefined) {
  let last = { at: performance.now(), waited: waitedMs() };
  setInterval(() => {
    const now = { at: performance.now(), waited: waitedMs() };
    const stallMs = now.at - last.at - EVERY_MS - (now.waited - last.waited);
    last = now;
    if (stallMs >= REPORT_MS) {
      appendFileSync(file, `${JSON.stringify({ at: Date.now(), stallMs: Math.round(stallMs) })}\n`);
    }
  }, EVERY_MS).unref();
}

/** How long the main thread has waited for a processor, ms. The second number of schedstat, in nanoseconds. */
function waitedMs() {
  return Number(readFileSync(schedule, 'utf8').split(' ')[1]) / 1e6;
}
