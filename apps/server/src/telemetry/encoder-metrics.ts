import type { EncoderStatus } from '@tidewatch/encoder';
import type { EncodersInForce } from '../encode/encoders-in-force.js';
import type { MetricFamily } from './metric-family.js';

/** The metrics of the encoders, one value for each that is open. */
export function encoderMetrics(encoders: EncodersInForce): MetricFamily[] {
  const open = encoders.all().flatMap(({ state }) => (state.kind === 'open' ? [state.encoder.status()] : []));
  const each = (
    type: MetricFamily['type'],
    name: string,
    help: string,
    value: (status: EncoderStatus) => number,
  ): MetricFamily => ({
    ...{ type, name, help },
    values: open.map((status) => ({ value: value(status), labels: { encoder: status.name } })),
  });
  return [
    {
      type: 'gauge',
      name: 'tidewatch_encoder_up',
      help: '1 for an encoder that is ready, 0 for one that is loading or has failed; the provider that it runs on.',
      values: encoders.all().map(({ rule, state }) => {
        const status = state.kind === 'open' ? state.encoder.status() : null;
        const provider = status?.provider?.provider ?? '';
        return { value: status?.state === 'ready' ? 1 : 0, labels: { encoder: rule.name, provider } };
      }),
    },
    {
      type: 'counter',
      name: 'tidewatch_encoder_inputs_total',
      help: 'Inputs that became vectors, and inputs that could not.',
      values: open.flatMap(({ name, encoded, refused }) => [
        { value: encoded, labels: { encoder: name, outcome: 'encoded' } },
        { value: refused, labels: { encoder: name, outcome: 'refused' } },
      ]),
    },
    each('counter', 'tidewatch_encoder_batches_total', 'Runs of the model.', ({ batches }) => batches),
    each(
      'gauge',
      'tidewatch_encoder_queued',
      'Inputs that wait to be sent to the process.',
      ({ queued }) => queued,
    ),
    each(
      'counter',
      'tidewatch_encoder_restarts_total',
      'Times that the process was started again.',
      ({ restarts }) => restarts,
    ),
    each(
      'gauge',
      'tidewatch_encoder_resident_memory_bytes',
      'Memory of the process.',
      ({ residentBytes }) => residentBytes,
    ),
  ];
}
