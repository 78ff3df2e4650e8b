import type { Labels } from '@tidewatch/core';
import type { MetricSelector } from '../metric-selector.js';

/** By what costs are told apart. */
export type CostDimension = 'model' | 'version' | 'region' | 'provider';

/** The labels that carry each dimension, in order of preference. A model's version comes before that of its service. */
export const COST_LABELS: Readonly<Record<CostDimension, readonly string[]>> = {
  model: ['model'],
  version: ['model.version', 'version'],
  region: ['region'],
  provider: ['execution.provider'],
};

/** All dimensions, in the order they are shown in. */
export const COST_DIMENSIONS = Object.keys(COST_LABELS) as readonly CostDimension[];

/** Something counted: increases of a counter, or measurements of a histogram. */
export interface CountSource {
  readonly kind: 'counter' | 'histogram';
  readonly selector: MetricSelector;
}

/** How many of something run at a time. */
export type UsageSource =
  | { readonly kind: 'fixed'; readonly amount: number }
  /** A level, summed over series; `unit` of it is one instance or GPU. */
  | { readonly kind: 'gauge'; readonly selector: MetricSelector }
  /** Values of a label among the series that send: one for each instance. */
  | { readonly kind: 'distinct'; readonly label: string; readonly selector: MetricSelector };

/** What is paid for. */
export type Price =
  | {
      readonly kind: 'time';
      readonly unit: 'instance' | 'GPU';
      readonly perHour: number;
      readonly usage: UsageSource;
    }
  | { readonly kind: 'tokens'; readonly tokens: readonly TokenPrice[] };

/** The price of one token of a kind. */
export interface TokenPrice {
  /** Such as `input`. */
  readonly name: string;
  readonly price: number;
  /** A histogram of tokens per request counts with its sum. */
  readonly source: CountSource;
}

/** What may be spent before a ticket is opened. */
export interface CostGuardrail {
  readonly per: 'thousand' | 'day';
  /** In the model's currency, for a thousand inferences or for a day. */
  readonly limit: number;
  /** Over how long costs are added up. */
  readonly windowMs: number;
  readonly holdMs: number;
  /** How long it must be seen to be cheaper before its incident lets go of it, ms; `null`: what is usual for a ticket. */
  readonly keepFiringMs: number | null;
  /** Fewer inferences in the window say nothing about the cost of a thousand. */
  readonly minimumInferences: number;
}

/** What inferences cost, as a rule says it. */
export interface CostModel {
  readonly kind: 'CostModel';
  readonly name: string;
  readonly owner: string;
  readonly runbook: string;
  /** One sentence: what to do first; `''` when the rule says nothing. */
  readonly firstStep: string;
  readonly labels: Labels;
  readonly description: string;
  /** With region and model the identity of its incidents; each may be `''`. */
  readonly service: string;
  readonly region: string;
  readonly model: string;
  /** Only a name: nothing is converted. */
  readonly currency: string;
  readonly price: Price;
  readonly inferences: CountSource;
  readonly guardrail: CostGuardrail | null;
  readonly everyMs: number;
}
