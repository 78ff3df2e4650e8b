/** How many teams with a pager of their own there are: PagerDuty takes 2 events a second for each. */
const TEAMS = 40;

/** The secrets that {@link pagerRules} names. */
export const PAGER_KEYS: Readonly<Record<string, string>> = Object.fromEntries(
  Array.from({ length: TEAMS }, (_, team) => [`BENCH_PAGER_${team}`, String(team).padStart(32, '0')]),
);

/** The team that looks after the n-th service. */
export function ownerOf(service: number): string {
  return `team-${service % TEAMS}`;
}

/** Pages of each team go to its own integration of a PagerDuty at `url`, at once. */
export function pagerRules(url: string): string {
  const documents = Object.keys(PAGER_KEYS).map(
    (key, team) => `apiVersion: tidewatch.dev/v1
kind: Receiver
metadata: {name: pager-${team}, owner: team-${team}}
spec: {type: pagerduty, routingKeyEnv: ${key}, url: "${url}"}
`,
  );
  const routing = `apiVersion: tidewatch.dev/v1
kind: Routing
spec: {routes: [{match: {severity: page}, to: owner}]}
`;
  return [...documents, routing].join('---\n');
}
