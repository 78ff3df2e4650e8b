// What the quickstart waits for and tells at its end: who was told of what, and that the page was closed where it was
// opened. It believes the stand-ins, which stand outside, and asks the server only for what they cannot know.

/** What the story must lead to: who receives it, and the kind of rule that is a member of its incident. */
const EXPECTED = {
  page: { kind: 'pagerduty', effect: 'opened', receiver: 'sre-pager', rule: 'SLO' },
  'page in Slack': { kind: 'slack-api', effect: 'posted', receiver: 'sre-channel', rule: 'SLO' },
  'drift ticket': { kind: 'slack-api', effect: 'posted', receiver: 'ml-tickets', rule: 'DriftMonitor' },
  'embedding ticket': {
    kind: 'slack-api',
    effect: 'posted',
    receiver: 'vision-tickets',
    rule: 'EmbeddingMonitor',
  },
};
/** Channels of examples/rules/receivers.yaml, as a person would call them. */
const CHANNELS = { C0INCIDENTS: '#incidents', C0MLVISION: '#ml-vision', C0MLTICKETS: '#ml-tickets' };
const TITLES = { pagerduty: 'PagerDuty', 'slack-api': 'Slack' };
const LOOK_MS = 250;
const LONGEST_LINE = 90;

/**
 * Waits until the stand-ins hold the page and both tickets, the incidents say that all were delivered, and the page has
 * ended at both of its receivers.
 *
 * @param api address of the server
 * @param received what the stand-ins hold, oldest first
 * @param fleet when the fleet's `badDeployAt` and `rolledBackAt` were, ms; `undefined` before
 * @param limitMs how long to wait
 * @returns when each arrived, and the `end` of the page
 * @throws Error that says what is missing and how far the server is, after that
 */
export async function waitForStory({ api, received, fleet, limitMs }) {
  const deadline = Date.now() + limitMs;
  const arrived = {};
  for (;;) {
    const items = await incidentsOf(api);
    for (const [name, expected] of Object.entries(EXPECTED)) {
      arrived[name] ??= arrival(items, received(), expected);
    }
    arrived['end of the page'] ??= endOfPage(received());
    if (Object.values(arrived).every((at) => at !== undefined)) {
      return arrived;
    }
    if (Date.now() > deadline) {
      throw new Error(await whyNot(api, arrived, { ...fleet, limitMs }));
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** None while the server does not answer: if it has died, whoever watches it says so better than a failed request. */
async function incidentsOf(api) {
  try {
    return (await (await fetch(`${api}/api/v1/incidents`)).json()).items ?? [];
  } catch {
    return [];
  }
}

/**
 * When a notification of an incident with a rule of the given kind arrived: the stand-in holds it, and the incident says
 * that it was delivered.
 */
function arrival(incidents, received, { kind, effect, receiver, rule }) {
  for (const incident of incidents) {
    const [, name] =
      incident.members.map((member) => member.name.split('/')).find(([first]) => first === rule) ?? [];
    const told = incident.notifications.some(
      (each) => each.receiver === receiver && each.action === 'trigger' && each.outcome === 'delivered',
    );
    const event = received.find(
      (each) => each.kind === kind && each.effect === effect && JSON.stringify(each.payload).includes(name),
    );
    if (name !== undefined && told && event !== undefined) {
      return event.at;
    }
  }
  return undefined;
}

/** When the one alert was resolved and the one message about it said so, whichever was later. */
function endOfPage(received) {
  const [alert, message] = [alertEvents(received), messageEvents(received)];
  const ends = [
    alert.find(({ effect }) => effect === 'resolved'),
    message.findLast(({ effect, summary }) => effect === 'updated' && summary.startsWith('RESOLVED')),
  ];
  return ends.includes(undefined) ? undefined : Math.max(...ends.map(({ at }) => at));
}

/** Everything about the first alert in PagerDuty. */
function alertEvents(received) {
  const opening = received.find(({ kind, effect }) => kind === 'pagerduty' && effect === 'opened');
  return received.filter(
    ({ kind, effect, dedupKey }) =>
      kind === 'pagerduty' && effect !== 'noted' && dedupKey === opening?.dedupKey,
  );
}

/** Everything about the first message in the channel for pages. */
function messageEvents(received) {
  const isOurs = ({ kind, payload }) => kind === 'slack-api' && payload?.channel === 'C0INCIDENTS';
  const posting = received.find((event) => isOurs(event) && event.effect === 'posted');
  return received.filter((event) => isOurs(event) && event.dedupKey === posting?.dedupKey);
}

/** The story as lines for a person: who was told what, in seconds after the bad deploy, and how it ended. */
export function storyLines(received, { badDeployAt, rolledBackAt }) {
  const after = (at) => `+${((at - badDeployAt) / 1_000).toFixed(1)} s`.padStart(9);
  const told = received
    .filter(({ at, effect }) => at >= badDeployAt && effect !== 'read')
    .map((event) => [event.at, placeOf(event), wordOf(event), shortened(event.summary)]);
  const lines = [
    [badDeployAt, 'ranker-api', 'BAD DEPLOY', 'version 1.5.0 goes live'],
    [rolledBackAt, 'ranker-api', 'ROLLBACK', 'version 1.4.2 is back'],
    ...told,
  ]
    .toSorted(([a], [b]) => a - b)
    .map(([at, place, word, text]) => `${after(at)}  ${place.padEnd(18)} ${word.padEnd(10)} ${text}`);
  return [...lines, '', ending(received, rolledBackAt)];
}

function ending(received, rolledBackAt) {
  const updates = (events) => events.filter(({ effect }) => effect === 'updated').length;
  const [alert, message] = [alertEvents(received), messageEvents(received)];
  const end = endOfPage(received);
  const lasted = ((end - alert[0].at) / 1_000).toFixed(0);
  const mended = ((end - rolledBackAt) / 1_000).toFixed(0);
  return (
    `The page lasted ${lasted} s and ended ${mended} s after the rollback. It was one alert in PagerDuty, updated ` +
    `${times(updates(alert))} and then resolved, and one message in Slack, changed in place ${times(updates(message))}.`
  );
}

function times(count) {
  return ['never', 'once', 'twice'][count] ?? `${count} times`;
}

function placeOf({ kind, payload }) {
  const channel = CHANNELS[payload?.channel];
  return channel === undefined ? (TITLES[kind] ?? kind) : `Slack ${channel}`;
}

function wordOf({ effect }) {
  return { noted: 'CHANGE', commented: '  in thread' }[effect] ?? effect.toUpperCase();
}

function shortened(text) {
  return text.length <= LONGEST_LINE ? text : `${text.slice(0, LONGEST_LINE - 1).trimEnd()}…`;
}

async function whyNot(api, arrived, { badDeployAt, rolledBackAt, limitMs }) {
  const missing = [...Object.keys(EXPECTED), 'end of the page'].filter((name) => arrived[name] === undefined);
  const read = async (path) => (await fetch(`${api}/api/v1/${path}`)).json();
  const slos = (await read('slos')).items.map(
    (slo) => `  SLO ${slo.name}: ${slo.verdict?.reason ?? 'not judged yet'}`,
  );
  const monitors = (await read('monitors')).items.map(
    (monitor) => `  monitor ${monitor.name}: ${monitor.reason}`,
  );
  const { items, backlog } = await read('encoders');
  const encoders = items.map(
    (encoder) =>
      `  encoder ${encoder.name}: ${encoder.state}, ${encoder.encoded} encoded, ${encoder.refused} refused. ${encoder.problem}`,
  );
  const incidents = (await incidentsOf(api)).map(
    ({ service, status, severity, notifications }) =>
      `  incident of ${service}: ${status}, ${severity}; ` +
      notifications.map(({ receiver, action, outcome }) => `${receiver} ${action} ${outcome}`).join(', '),
  );
  return [
    `no ${missing.join(' and no ')} within ${limitMs / 60_000} minutes.`,
    badDeployAt === undefined ? '  The fleet never got to its bad deploy.' : '',
    badDeployAt !== undefined && rolledBackAt === undefined ? '  The fleet never got to its rollback.' : '',
    ...slos,
    ...monitors,
    ...encoders,
    ...incidents,
    `  inputs that wait to be encoded: ${backlog.rows}`,
  ]
    .filter((line) => line !== '')
    .join('\n');
}
