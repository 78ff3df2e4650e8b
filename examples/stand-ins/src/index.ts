export { describeEvent } from './event.js';
export type { StandInEvent, StandInKind } from './event.js';
export { startStandIn } from './stand-in.js';
export type { Failure, StandIn, StandInOptions } from './stand-in.js';
