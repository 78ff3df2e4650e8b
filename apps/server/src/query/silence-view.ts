import { matchersText, matchOf, type Silence } from '@tidewatch/alerts';

/** Whether a silence is to come, holds, has ended, or was taken back before its end. */
export const SILENCE_STATES = ['all', 'active', 'scheduled', 'ended', 'withdrawn'] as const;
export type SilenceState = Exclude<(typeof SILENCE_STATES)[number], 'all'>;

/** One silence as the API shows it. */
export interface SilenceView extends Omit<Silence, 'matchers'> {
  /** Those of `rules` are changed in their file. */
  readonly source: 'api' | 'rules';
  readonly state: SilenceState;
  /** As it was written: `{service: "ranker-api", model: {matches: "rank.*"}}`. */
  readonly match: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  /** The same as text: `service=ranker-api model=~"rank.*"`. */
  readonly matchers: string;
}

/** @param now ms */
export function silenceView(silence: Silence, source: SilenceView['source'], now: number): SilenceView {
  const { id, startsAt, endsAt, comment, createdBy, createdAt, withdrawnAt } = silence;
  return {
    id,
    source,
    state: stateOf(silence, now),
    match: matchOf(silence.matchers),
    matchers: matchersText(silence.matchers),
    ...{ startsAt, endsAt, comment, createdBy, createdAt, withdrawnAt },
  };
}

function stateOf({ startsAt, endsAt, withdrawnAt }: Silence, now: number): SilenceState {
  if (withdrawnAt !== null && withdrawnAt < endsAt) {
    return 'withdrawn';
  }
  return endsAt <= now ? 'ended' : startsAt > now ? 'scheduled' : 'active';
}
