import { meanDurationSeconds } from './requests.js';
import type { TrafficProfile } from './requests.js';

/** What the gauges of a service show at one moment. */
export interface MachineLoad {
  readonly inFlight: number;
  readonly batchSize: number;
  readonly queueLength: number;
  readonly gpus: readonly GpuLoad[];
}

/** One graphics card: utilization 0 to 1, memory in bytes. */
export interface GpuLoad {
  readonly id: string;
  readonly utilization: number;
  readonly memoryBytes: number;
}

const GIB = 2 ** 30;
/** The slow wave that keeps the gauges from being straight lines. */
const WAVE_MS = 20 * 60_000;

/**
 * The gauges at `at`: a function of time alone, so that history and live values meet.
 *
 * Requests in flight follow Little's law: arrival rate times mean time in the system.
 */
export function machineLoad(profile: TrafficProfile, gpuCount: number, at: number): MachineLoad {
  const wave = Math.sin((2 * Math.PI * at) / WAVE_MS);
  const ripple = Math.sin((2 * Math.PI * at) / 47_000);
  const inFlight = profile.requestsPerSecond * meanDurationSeconds(profile) * (1 + 0.2 * wave + 0.1 * ripple);
  return {
    inFlight: Math.round(inFlight),
    batchSize: Math.max(1, Math.round(6 + 2 * wave + ripple)),
    queueLength: Math.max(0, Math.round(inFlight / 2 + ripple)),
    gpus: Array.from({ length: gpuCount }, (_, index) => ({
      id: `gpu-${index}`,
      utilization: 0.62 + 0.15 * wave + 0.04 * ripple - 0.05 * index,
      memoryBytes: Math.round((11.5 + 0.6 * wave) * GIB),
    })),
  };
}
