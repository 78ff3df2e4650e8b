import type { SampleMapping } from './to-metrics.js';

/** Serving systems whose way of exposing metrics is known. */
export const PRESETS = ['triton', 'vllm', 'kserve', 'ray-serve', 'bentoml', 'dcgm'] as const;

export type PresetName = (typeof PRESETS)[number];

/** What a rule need not say when it names a preset. */
export interface Preset extends SampleMapping {
  /** Taken when the rule's URL has none. */
  readonly path: string;
  readonly intervalMs: number;
}

/** Without a preset: Prometheus' path, and four points a minute, since a page must come within minutes. */
export const NO_PRESET: Preset = { path: '/metrics', intervalMs: 15_000, rename: {}, unsupportedFrom: null };

/**
 * Labels get the names that Tidewatch's rules and dashboards look for first. All six systems expose at `/metrics`.
 *
 * DCGM: values from 0x7ffffffffffffff0 on (9.2e18) stand for "no value" (dcgm_structs.h, `DCGM_INT64_BLANK`); the
 * exporter reads its fields every 30 s by default, so asking more often only stores them twice.
 */
export const presets: Readonly<Record<PresetName, Preset>> = {
  triton: { ...NO_PRESET, rename: { model: 'model.name', version: 'model.version' } },
  vllm: { ...NO_PRESET, rename: { model_name: 'model.name' } },
  kserve: { ...NO_PRESET, rename: { model_name: 'model.name' } },
  'ray-serve': { ...NO_PRESET, rename: { deployment: 'model.name', model_name: 'model.name' } },
  bentoml: { ...NO_PRESET, rename: { service_name: 'model.name', service_version: 'model.version' } },
  dcgm: {
    ...NO_PRESET,
    intervalMs: 30_000,
    rename: { UUID: 'hw.id', modelName: 'hw.model', Hostname: 'host.name' },
    unsupportedFrom: 9.2e18,
  },
};
