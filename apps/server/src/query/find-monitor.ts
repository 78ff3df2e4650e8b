import { AppError } from '@tidewatch/core';
import type { Monitor, MonitorOf } from '@tidewatch/drift';
import { projectOfRule } from '../evaluate/rule-project.js';
import type { Runtime } from '../runtime.js';

/** The monitor of a project by its name. @throws AppError `request.not-found` */
export function findMonitor(runtime: Runtime, project: string, name: string): Monitor {
  const found = runtime
    .rules()
    .monitors.find((monitor) => monitor.name === name && projectOfRule(monitor) === project);
  if (found === undefined) {
    throw notFound(`There is no monitor "${name.slice(0, 80)}".`);
  }
  return found;
}

/**
 * The monitor of a project by its name, if it is of one of the kinds wanted.
 *
 * @throws AppError `request.not-found`, also for a monitor of another kind
 */
export function findMonitorOf<Kind extends Monitor['kind']>(
  runtime: Runtime,
  project: string,
  { name, kinds }: { readonly name: string; readonly kinds: readonly Kind[] },
): MonitorOf<Kind> {
  const found = findMonitor(runtime, project, name);
  if (!(kinds as readonly string[]).includes(found.kind)) {
    throw notFound(`Monitor ${name} is a ${found.kind}; this is asked of a ${kinds.join(' or ')}.`);
  }
  return found as MonitorOf<Kind>;
}

/** Something that was asked for does not exist. */
export function notFound(message: string): AppError {
  return new AppError({
    code: 'request.not-found',
    message,
    hint: 'GET /api/v1/monitors lists what there is.',
  });
}
