import type { EncoderRule } from '@tidewatch/encoder';

/** Providers that figures can be measured on. */
const PROVIDERS: readonly EncoderRule['provider'][] = ['auto', 'cuda', 'webgpu', 'cpu'];

/** What `TIDEWATCH_BENCH_PROVIDER` asks for; `auto`, as in a server, when it is not set. */
export function benchProvider(): EncoderRule['provider'] {
  const wanted = process.env['TIDEWATCH_BENCH_PROVIDER'] ?? 'auto';
  const provider = PROVIDERS.find((each) => each === wanted);
  if (provider === undefined) {
    throw new Error(`TIDEWATCH_BENCH_PROVIDER is ${wanted}; it can be ${PROVIDERS.join(', ')}.`);
  }
  return provider;
}
