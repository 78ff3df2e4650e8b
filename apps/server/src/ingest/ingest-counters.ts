/** What this process has refused since it started. What was stored is counted by the store, over all processes. */
export class IngestCounters {
  pointsRejected = 0;
  predictionsRejected = 0;
}
