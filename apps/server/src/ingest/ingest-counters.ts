/** What this process has taken in and refused since it started. */
export class IngestCounters {
  pointsStored = 0;
  pointsRejected = 0;
  predictionsStored = 0;
  predictionsRejected = 0;
}
