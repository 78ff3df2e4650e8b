import type { Labels } from '@tidewatch/core';
import { DEFAULT_PROJECT } from '../http/authentication.js';

/** The project whose data a rule judges: its label `project`, else the one of senders without keys. */
export function projectOfRule(rule: { readonly labels: Labels }): string {
  return rule.labels['project'] ?? DEFAULT_PROJECT;
}
