import {
  explainRouting,
  suppressionOf,
  type AlertLabels,
  type ExplainedRouting,
  type Suppression,
} from '@tidewatch/alerts';
import { receiverTraits } from '@tidewatch/channels';
import { readRules } from '@tidewatch/config';

/** The answer of `POST /api/v1/routes/test`, and the same made of rule files. */
export interface RouteTest extends ExplainedRouting {
  /** What would keep it quiet now; `null` for nothing. */
  readonly suppression: Suppression | null;
}

/** The project of rules that name none. */
const DEFAULT_PROJECT = 'default';

/**
 * What the rules of a directory say about something with these labels, without a server.
 *
 * @param now ms; decides which silences and windows hold
 * @throws AppError `config.rules-missing`, `config.rules-invalid`
 */
export function testFiles(directory: string, given: AlertLabels, now: number): RouteTest {
  const { routing, receivers, silences, maintenanceWindows } = readRules(directory, true);
  const labels = { project: DEFAULT_PROJECT, ...given };
  const isOfProject = (rule: { readonly labels: AlertLabels }): boolean =>
    (rule.labels['project'] ?? DEFAULT_PROJECT) === labels.project;
  return {
    ...explainRouting(
      routing,
      labels,
      new Map(receivers.map((receiver) => [receiver.name, receiverTraits(receiver)])),
    ),
    suppression: suppressionOf(labels, now, {
      silences: silences.filter(isOfProject),
      windows: maintenanceWindows.filter(isOfProject),
      // Files know of no deployments.
      warmUps: [],
      warmUpMs: routing.warmUpMs,
    }),
  };
}
