import type { Attributes } from '@opentelemetry/api';
import { releaseAttributes } from './fleet.js';
import type { Release, ServiceProfile } from './fleet.js';
import type { SampleProfile } from './sample-profile.js';
import { drawLabel, drawSample } from './samples.js';
import type { DrawnSample, LabelRow } from './samples.js';
import { ServiceTelemetry } from './telemetry.js';
import type { TelemetryOptions } from './telemetry.js';
import { machineLoad } from './traffic/machine-load.js';
import { createRandom } from './traffic/random.js';
import type { Random } from './traffic/random.js';
import { drawRequests } from './traffic/requests.js';
import type { TrafficProfile } from './traffic/requests.js';
import type { TrafficMood } from './traffic/tabular-model.js';

/**
 * One service in live operation.
 *
 * It has no clock: each {@link tick} makes up the traffic since the last one and records it with the real SDK.
 */
export class LiveService {
  readonly profile: ServiceProfile;
  private readonly random: Random;
  /** Of its own: whether a truth becomes known must not change what traffic comes next. */
  private readonly truth: Random;
  /** Not known yet, the earliest first. */
  private labels: LabelRow[] = [];
  private readonly telemetry: ServiceTelemetry;
  private release: Release;
  private attributes: Attributes;
  private traffic: TrafficProfile;
  private mood: TrafficMood = 'day';
  private position: number;
  private requestNumber = 0;

  /** @param start where the history ended and live traffic begins, milliseconds since the epoch. */
  constructor(profile: ServiceProfile, seed: number, start: number, telemetry: TelemetryOptions) {
    this.profile = profile;
    this.random = createRandom(seed);
    this.truth = createRandom(seed + 1_000);
    this.telemetry = new ServiceTelemetry(profile, telemetry);
    this.release = profile.release;
    this.attributes = releaseAttributes(profile, profile.release);
    this.traffic = profile.traffic;
    this.position = start;
    this.telemetry.startRelease(this.attributes);
  }

  /** Answers the requests of the time up to `now` and returns those of them that are sent as samples. */
  tick(now: number): DrawnSample[] {
    const samples: DrawnSample[] = [];
    for (const request of drawRequests(this.traffic, this.random, this.position, now)) {
      this.requestNumber += 1;
      const requestId = `${this.profile.model}-${Math.floor(request.at).toString(36)}-${this.requestNumber.toString(36)}`;
      const trace = this.telemetry.recordRequest(request, this.attributes, requestId);
      const { samples: sampling } = this.profile;
      if (sampling !== null && this.random.chance(sampling.perSecond / this.traffic.requestsPerSecond)) {
        const { release, mood } = this;
        const sample = drawSample(this.profile, sampling, this.random, {
          ...{ request, requestId, release, mood, trace },
        });
        samples.push(sample);
        this.drawTruth(sampling, sample);
      }
    }
    this.position = Math.max(this.position, now);
    this.telemetry.recordLoad(machineLoad(this.traffic, this.profile.gpuCount, now), this.attributes);
    return samples;
  }

  private drawTruth(sampling: SampleProfile, sample: DrawnSample): void {
    const isLabelled = sampling.kind === 'tabular' && sample.prediction !== undefined;
    if (isLabelled && this.truth.chance(sampling.labelShare)) {
      this.labels.push(drawLabel(sampling.model, this.truth, sample));
    }
  }

  /** The truths that have become known up to `now`, each once. */
  labelsUntil(now: number): LabelRow[] {
    const isKnown = ({ timestamp }: LabelRow): boolean => Date.parse(timestamp) <= now;
    const known = this.labels.filter(isKnown);
    this.labels = this.labels.filter((label) => !isKnown(label));
    return known;
  }

  /** Puts another release into production, with the traffic behaviour it brings. Tick up to the same moment first. */
  deploy(release: Release, traffic: TrafficProfile): void {
    this.telemetry.endRelease(this.attributes);
    this.release = release;
    this.attributes = releaseAttributes(this.profile, release);
    this.traffic = traffic;
    this.telemetry.startRelease(this.attributes);
  }

  /** Changes who comes: from now on, inputs are drawn from this kind of traffic. */
  setMood(mood: TrafficMood): void {
    this.mood = mood;
  }

  /** Sends what is left. */
  shutdown(): Promise<void> {
    return this.telemetry.shutdown();
  }
}
