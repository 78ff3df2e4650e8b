export { describeEvent } from './event.js';
export type { StandInEffect, StandInEvent } from './event.js';
export { jsonPosts, refused } from './service.js';
export type { JsonPosts, Judgement, Service, ServiceObject, ServiceRequest } from './service.js';
export { services } from './services.js';
export type { StandInKind } from './services.js';
export { startStandIn } from './stand-in.js';
export type { Failure, Interference, StandIn, StandInOptions } from './stand-in.js';
