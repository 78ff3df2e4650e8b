import type { EncoderRule } from '@tidewatch/encoder';
import type { Store } from '@tidewatch/store';
import type { Logger } from 'pino';
import { startTicker } from '../evaluate/ticker.js';
import { EncodersInForce, type EncoderFiles } from './encoders-in-force.js';
import { InputEncoding } from './input-encoding.js';

/** Waiting inputs are looked for this often; while there are some, one round follows the other. */
const TICK_MS = 500;

/** What encodes inputs, in a process with the encode role. */
export interface EncodeRuntime {
  readonly encoders: EncodersInForce;
  /** Puts new rules in force. */
  use(rules: readonly EncoderRule[]): void;
  /** Stops taking inputs and ends the encoder processes. What is not stored yet waits for the next start. */
  close(): Promise<void>;
}

/** Starts encoding with the rules given. */
export function startEncoding(
  store: Pick<Store, 'encoding'>,
  { rules, files, logger }: { rules: readonly EncoderRule[]; files: EncoderFiles; logger: Logger },
): EncodeRuntime {
  const encoders = new EncodersInForce(files, logger);
  encoders.use(rules);
  const stopping = new AbortController();
  const encoding = new InputEncoding(store, encoders, logger);
  const ticker = startTicker('encode', TICK_MS, logger, (now) => encoding.work(now, stopping.signal));
  return {
    encoders,
    use: (next) => encoders.use(next),
    close: async () => {
      stopping.abort();
      await ticker.stop();
      await encoders.close();
    },
  };
}
