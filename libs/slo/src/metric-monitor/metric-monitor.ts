import type { Labels } from '@tidewatch/core';
import type { MetricCondition } from '../condition/metric-condition.js';
import type { GroupBy } from '../definition.js';

/** How serious a level of a monitor is. `warn` is only shown; the others open incidents. */
export type LevelName = 'warn' | 'ticket' | 'page';

/** All levels, the most severe first. */
export const LEVELS: readonly LevelName[] = ['page', 'ticket', 'warn'];

/** One level of a monitor: what must hold, and for how long. */
export interface MonitorLevel {
  readonly level: LevelName;
  readonly when: MetricCondition;
  readonly holdMs: number;
  /** How long its condition must be seen not to hold before its incident lets go of it, ms; `null`: what is usual for its severity. */
  readonly keepFiringMs: number | null;
}

/** A rule about metrics that are not a budget: a limit on a rate, ratio, quantile, gauge, count or trend. */
export interface MetricMonitor {
  readonly kind: 'MetricMonitor';
  /** No two monitors of any kind share one. */
  readonly name: string;
  readonly owner: string;
  /** http(s) address of what to do; present whenever the monitor may page, otherwise it may be `''`. */
  readonly runbook: string;
  /** One sentence: what to do first; `''` when the rule says nothing. */
  readonly firstStep: string;
  readonly labels: Labels;
  readonly description: string;
  /** With region and model the identity of its incidents; each may be `''`. */
  readonly service: string;
  readonly region: string;
  readonly model: string;
  readonly groupBy: GroupBy | null;
  readonly everyMs: number;
  /** The most severe first. */
  readonly levels: readonly MonitorLevel[];
  /** `beside-slo`: the level `page` pages only while an SLO of the same service, region and model burns, and is a ticket otherwise. */
  readonly page: 'beside-slo' | 'always';
}
