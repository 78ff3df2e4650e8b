import type { MonitorView, SloView } from './api.js';

/** The address when it is a web address, else `null`: rule files must not be able to put script into the page. */
export function safeHref(address: string): string | null {
  try {
    const url = new URL(address);
    return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null;
  } catch {
    return null;
  }
}

/** The id of an SLO's element, for links inside the page. */
export function sloAnchor(name: string): string {
  return `slo-${name}`;
}

/** Where the page of an SLO is. */
export function sloHref(name: string): string {
  return `#/slos/${encodeURIComponent(name)}`;
}

/** Where the page of an incident is. */
export function incidentHref(id: string): string {
  return `#/incidents/${encodeURIComponent(id)}`;
}

/** The id of a monitor's element, for links inside the page. */
export function monitorAnchor(name: string): string {
  return `monitor-${name}`;
}

/** The id of an encoder's element, for links inside the page. */
export function encoderAnchor(name: string): string {
  return `encoder-${name}`;
}

/** Where a member of an incident is shown on the page, and the runbook of its rule. */
export interface MemberTarget {
  anchor: string | null;
  label: string;
  runbook: string | null;
}

/** Finds the rule behind a member name: `SLO/<name>/<tier>`, or `DriftMonitor/<name>` and the like. Other names are shown as they are. */
export function memberTarget(
  member: string,
  slos: readonly SloView[],
  monitors: readonly MonitorView[],
): MemberTarget {
  const [kind = '', name = '', tier = ''] = member.split('/');
  if (kind === 'SLO') {
    const slo = slos.find((candidate) => candidate.name === name);
    const label = tier === '' ? name : `${name} · ${tier}`;
    return { anchor: slo ? sloAnchor(name) : null, label, runbook: slo ? safeHref(slo.runbook) : null };
  }
  if (kind.endsWith('Monitor')) {
    const monitor = monitors.find((candidate) => candidate.kind === kind && candidate.name === name);
    return {
      anchor: monitor ? monitorAnchor(name) : null,
      label: name,
      runbook: monitor ? safeHref(monitor.runbook) : null,
    };
  }
  return { anchor: null, label: member, runbook: null };
}
