/** A stretch of time in which a share of the requests fails, besides those that always do. Times are ms. */
export interface Trouble {
  readonly from: number;
  readonly to: number;
  /** 0 to 1. */
  readonly errorRatio: number;
}

/** Trouble that people have to be woken up for. */
export interface Outage extends Trouble {
  readonly service: string;
  /** What is special about it. */
  readonly name: string;
  /** Since when it has its full {@link errorRatio}; `from` is when it is first worth a page. */
  readonly fullFrom: number;
}

/** A monitor of a deployment that is alarmed for a while although nothing is wrong. */
export interface Noise {
  readonly from: number;
  readonly to: number;
  readonly aspect: 'inputs' | 'canary';
}

/** How many requests come in the course of a day. */
export interface DailyTraffic {
  /** Mean over a day. */
  readonly requestsPerHour: number;
  /** How far traffic rises above and falls below its mean in a day, 0 to 1. */
  readonly swing: number;
  /** When in a day traffic is highest, ms after midnight. */
  readonly peakMs: number;
}

/** Everything that happens to one service in a simulated month. Times are milliseconds since the epoch. */
export interface ServiceMonth extends DailyTraffic {
  readonly service: string;
  readonly seed: number;
  /** Share of requests that fail at any time. */
  readonly errorRatio: number;
  readonly deployments: readonly number[];
  readonly noise: readonly Noise[];
  /** Everything that makes requests fail: warm-ups of deployments, flaps, slow burns, outages. */
  readonly troubles: readonly Trouble[];
  readonly outages: readonly Outage[];
}

/** A stretch in which nobody wants to hear of tickets of one service. */
export interface TicketSilence {
  readonly service: string;
  readonly from: number;
  readonly to: number;
}

/** A month of many services. */
export interface Month {
  readonly from: number;
  readonly to: number;
  readonly services: readonly ServiceMonth[];
  readonly silences: readonly TicketSilence[];
}
