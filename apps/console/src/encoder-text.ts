import type { EncoderBacklog, EncoderView, OperatorTime } from './encoder-view.js';

const PROVIDER_NAMES: Readonly<Record<string, string>> = { cuda: 'CUDA', webgpu: 'WebGPU', cpu: 'CPU' };

/** How a provider is called: `WebGPU` for `webgpu` and `WebGpuExecutionProvider`. Others are shown as they are. */
export function providerName(provider: string): string {
  const plain = provider.replace(/ExecutionProvider$/, '');
  return PROVIDER_NAMES[plain.toLowerCase()] ?? plain;
}

/** Longer texts are shown by their beginning until the reader asks for the rest. */
const SHORT_TEXT = 140;

/** The beginning of a text that is too long for its place, cut between words; `null` when all of it fits. */
export function beginningOf(text: string, limit = SHORT_TEXT): string | null {
  if (text.length <= limit) {
    return null;
  }
  const cut = text.slice(0, limit);
  const space = cut.lastIndexOf(' ');
  // A path or an address without a space is cut where it is.
  return `${(space > limit / 2 ? cut.slice(0, space) : cut).replace(/[\s.,;:]+$/, '')}…`;
}

/** What there is to say about an encoder's state, with the words that introduce it; `null` when all is well. */
export function problemOf({ state, problem }: EncoderView): { lead: string; text: string } | null {
  const text = problem === '' || /[.!?…]$/.test(problem) ? problem : `${problem}.`;
  switch (state) {
    case 'failed':
      return { lead: 'Failed:', text: text === '' ? 'the process gave no reason.' : text };
    case 'starting':
      return text === '' ? null : { lead: 'Starting again:', text };
    case 'closed':
      return text === '' ? null : { lead: 'Not running here:', text };
    case 'ready':
      return text === '' ? null : { lead: 'Last problem:', text };
  }
}

/** The operators that cost most, and the share of time of all others. */
export function heaviestOperators(
  profile: readonly OperatorTime[],
  limit: number,
): { shown: OperatorTime[]; others: number; otherShare: number } {
  const sorted = [...profile].sort((a, b) => b.share - a.share || a.operator.localeCompare(b.operator, 'en'));
  const rest = sorted.slice(limit);
  return {
    shown: sorted.slice(0, limit),
    others: rest.length,
    otherShare: rest.reduce((sum, { share }) => sum + share, 0),
  };
}

/** Whether the part of the page about encoders has anything to say. */
export function hasEncoders(encoders: readonly EncoderView[], backlog: EncoderBacklog): boolean {
  return encoders.length > 0 || backlog.rows > 0;
}

/**
 * Why what waits will not be taken soon; empty when nothing waits or an encoder may take it. One that is closed here may run
 * in another process.
 */
export function backlogStall(encoders: readonly EncoderView[], { rows }: EncoderBacklog): string {
  if (rows === 0 || encoders.some(({ state }) => state !== 'failed')) {
    return '';
  }
  return encoders.length === 0 ? 'No encoder is loaded that takes them.' : 'Every encoder has failed.';
}
