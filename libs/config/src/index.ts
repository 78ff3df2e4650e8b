export { findApiKey } from './api-keys.js';
export type { ApiKey } from './api-keys.js';
export { readConfig, readEnvironment, ROLES } from './environment.js';
export type { Config, Environment, Role } from './environment.js';
export { readRules, secretVariables } from './rules.js';
export type { Rules } from './rules.js';
export { readSecret } from './secrets.js';
export type { SecretReference } from './secrets.js';
