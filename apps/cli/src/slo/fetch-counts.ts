import { AppError, floorTime, type TimeRange } from '@tidewatch/core';
import { timeSliceMs, type ReplayTraffic, type SliceCount, type SloDefinition } from '@tidewatch/slo';
import { z } from 'zod';
import type { ApiClient } from '../api-client.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** What page tiers are judged by. */
const FINE_MS = 10_000;

const whole = z.number().int().nonnegative();
const answerSchema = z.object({
  slos: z.array(
    z.object({
      name: z.string(),
      groups: z.array(
        z.object({ group: z.string(), members: z.array(z.array(z.tuple([z.number(), whole, whole]))) }),
      ),
    }),
  ),
  problems: z.array(z.unknown()),
});

/** What a replay needs to know of the past. */
export interface CountedPast {
  readonly traffic: readonly ReplayTraffic[];
  /** What the server said against the documents. */
  readonly problems: readonly string[];
}

/**
 * Asks a server for the events of an SLO from what is stored, a day at a time: `range` in slices of ten seconds, and before it as much as
 * the longest window and the period reach back, in minutes.
 *
 * @param documents YAML of the SLO and what it refers to
 * @param range aligned to minutes and to the time slices of the SLO
 */
export async function fetchCounts(
  client: ApiClient,
  slo: SloDefinition,
  documents: string,
  range: TimeRange,
): Promise<CountedPast> {
  const sliceMs = timeSliceMs(slo) ?? MINUTE_MS;
  const reach = Math.max(slo.periodMs, ...slo.tiers.map(({ longMs }) => longMs));
  const before = {
    from: floorTime(range.from - reach, Math.max(MINUTE_MS, sliceMs)),
    to: range.from,
  };
  const problems = new Set<string>();
  const ask = async (part: TimeRange, resolutionMs: number): Promise<ReplayTraffic> => {
    const answer = readAnswer(
      await client.request('POST', '/api/v1/slos/counts', { documents, ...part, resolutionMs }),
    );
    answer.problems.forEach((problem) => problems.add(problemText(problem)));
    const counted = answer.slos.find(({ name }) => name === slo.name);
    return { range: part, sliceMs: resolutionMs, groups: (counted?.groups ?? []).map(groupOf) };
  };
  const traffic: ReplayTraffic[] = [];
  // One after the other: each day is work for the server, which has other things to do.
  for (const part of inDays(before)) {
    traffic.push(await ask(part, sliceMs % MINUTE_MS === 0 ? MINUTE_MS : FINE_MS));
  }
  for (const part of inDays(range)) {
    traffic.push(await ask(part, FINE_MS));
  }
  return { traffic: merged(traffic), problems: [...problems] };
}

function readAnswer(answer: unknown): z.output<typeof answerSchema> {
  const parsed = answerSchema.safeParse(answer);
  if (!parsed.success) {
    throw new AppError({
      code: 'cli.bad-answer',
      message: 'The server answered a question for counts in a way that this command does not understand.',
      hint: 'Use the command of the same version as the server.',
      cause: parsed.error,
    });
  }
  return parsed.data;
}

function groupOf({
  group,
  members,
}: z.output<typeof answerSchema>['slos'][number]['groups'][number]): ReplayTraffic['groups'][number] {
  return {
    group,
    members: members.map((slices) =>
      slices.map(([start, good, total]): SliceCount => ({ start, good, total })),
    ),
  };
}

function problemText(problem: unknown): string {
  return typeof problem === 'string'
    ? problem
    : ((problem as { message?: string } | null)?.message ?? JSON.stringify(problem));
}

function inDays({ from, to }: TimeRange): TimeRange[] {
  const parts: TimeRange[] = [];
  for (let start = from; start < to;) {
    const end = Math.min(to, floorTime(start, DAY_MS) + DAY_MS);
    parts.push({ from: start, to: end });
    start = end;
  }
  return parts;
}

/** Days of one resolution become one stretch: a time slice may be longer than a day. */
function merged(parts: readonly ReplayTraffic[]): ReplayTraffic[] {
  const stretches: ReplayTraffic[] = [];
  for (const sliceMs of new Set(parts.map((part) => part.sliceMs))) {
    const same = parts.filter((part) => part.sliceMs === sliceMs);
    const groups = new Map<string, SliceCount[][]>();
    for (const { group, members } of same.flatMap((part) => part.groups)) {
      const lists = groups.get(group) ?? members.map((): SliceCount[] => []);
      members.forEach((slices, index) => slices.forEach((slice) => lists[index]?.push(slice)));
      groups.set(group, lists);
    }
    stretches.push({
      range: { from: same[0]?.range.from ?? 0, to: same.at(-1)?.range.to ?? 0 },
      sliceMs,
      groups: [...groups].map(([group, members]) => ({ group, members })),
    });
  }
  return stretches;
}
