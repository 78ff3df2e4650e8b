import type { ServiceAddresses } from './victim-task.js';

/** Channels of Slack, one per receiver: each takes three messages at once. */
export const SLACK_CHANNELS = { 'slack-feed': 'C0123456789', 'slack-likes': 'C0987654321' } as const;
/** The token that the stand-in for GitHub takes. */
export const GITHUB_TOKEN = 'github_pat_standinstandinstandin';

/** Pagers, one integration each: PagerDuty takes ten messages at once for each. */
const PAGERS = ['pager-shop', 'pager-ranker', 'pager-search'] as const;

/** The secrets that {@link victimRules} names. */
export const VICTIM_SECRETS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(PAGERS.map((_, index) => [`PAGER_${index}`, String(index).padStart(32, '0')])),
  SLACK_TOKEN: 'xoxb-1-victim',
  GITHUB_TOKEN,
};

/** Everybody is told at once, so that the script is over within seconds. */
export function victimRules({ pagerduty, webhook, slack, github }: ServiceAddresses): string {
  const receiver = (name: string, spec: string): string => `apiVersion: tidewatch.dev/v1
kind: Receiver
metadata: {name: ${name}, owner: sre}
spec: ${spec}
`;
  return [
    ...PAGERS.map((name, index) =>
      receiver(name, `{type: pagerduty, routingKeyEnv: PAGER_${index}, url: "${pagerduty}"}`),
    ),
    receiver('hook', `{type: webhook, url: "${webhook}"}`),
    ...Object.entries(SLACK_CHANNELS).map(([name, channel]) =>
      receiver(name, `{type: slack, tokenEnv: SLACK_TOKEN, channel: ${channel}, api: "${slack}"}`),
    ),
    receiver('issues', `{type: github, tokenEnv: GITHUB_TOKEN, repository: acme/ranker, api: "${github}"}`),
    `apiVersion: tidewatch.dev/v1
kind: Routing
spec:
  routes:
    - groupWait: 0s
      updateWait: 0s
      receiver: hook
      routes:
        - {match: {service: shop}, receivers: [pager-shop, hook]}
        - {match: {service: ranker}, receivers: [pager-ranker, hook]}
        - {match: {service: {matches: "search|spell"}}, receivers: [pager-search, hook]}
        - {match: {service: feed}, receivers: [slack-feed, issues]}
        - {match: {service: likes}, receiver: slack-likes}
`,
  ].join('---\n');
}
