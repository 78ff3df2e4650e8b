import { problemOf, providerName } from '../encoder-text.js';
import type { EncoderState, EncoderView } from '../encoder-view.js';
import {
  formatBytes,
  formatCompactCount,
  formatCount,
  formatQuantity,
  formatShare,
  NO_VALUE,
} from '../format.js';
import { encoderAnchor } from '../links.js';
import type { Tone } from '../overall.js';
import { EncoderBadge } from './encoder-badge.js';
import { Fact, FactNote } from './fact.js';
import { OperatorTable } from './operator-table.js';
import { Owner } from './owner.js';
import { RejectedProviders } from './rejected-providers.js';
import { Subject } from './subject.js';

const PROBLEM_TONES: Readonly<Record<EncoderState, Tone>> = {
  failed: 'critical',
  starting: 'warning',
  ready: 'warning',
  closed: 'muted',
};

/** One encoder: what it encodes, on which provider and why on no better one, and how much so far. */
export function EncoderRow({ encoder }: { encoder: EncoderView }) {
  const problem = problemOf(encoder);
  return (
    <li
      class={`encoder is-${encoder.state}`}
      id={encoderAnchor(encoder.name)}
      data-testid={`encoder-${encoder.name}`}
      tabIndex={-1}
    >
      <div class="encoder-head">
        <h3>{encoder.name}</h3>
        <EncoderBadge state={encoder.state} />
        <EncoderMeta encoder={encoder} />
      </div>
      {problem !== null && (
        <p class={`encoder-problem tone-${PROBLEM_TONES[encoder.state]}`}>
          <b>{problem.lead}</b> {problem.text}
        </p>
      )}
      {/* What an encoder in another process has done is not known here: zeros would be made up. */}
      {encoder.state !== 'closed' && <EncoderFacts encoder={encoder} />}
      {encoder.rejected.length > 0 && <RejectedProviders rejected={encoder.rejected} />}
      {encoder.profile !== null && <OperatorTable name={encoder.name} profile={encoder.profile} />}
    </li>
  );
}

function EncoderMeta({ encoder }: { encoder: EncoderView }) {
  const { model, input, source, sha256, dimension, owner } = encoder;
  return (
    <p class="meta">
      <Subject service="" region="" model={model} />
      <span class="subject">
        <span class="subject-name">input</span> {input}
      </span>
      <span class="subject">
        <span class="subject-name">from</span> {source}
      </span>
      {sha256 !== '' && (
        <span class="subject" title={sha256}>
          <span class="subject-name">sha256</span> <code>{sha256.slice(0, 12)}</code>
        </span>
      )}
      {dimension !== null && <span class="subject">{formatQuantity(dimension, 'dimension')}</span>}
      <Owner name={owner} />
    </p>
  );
}

function EncoderFacts({ encoder }: { encoder: EncoderView }) {
  const { state, provider, device, encoded, refused, queued, batches, restarts, residentBytes } = encoder;
  return (
    <dl class="encoder-facts">
      <Fact name="Provider">
        {provider === null ? NO_VALUE : <b>{providerName(provider)}</b>}
        <FactNote>{provider !== null ? device : state === 'starting' ? 'no session yet' : ''}</FactNote>
      </Fact>
      <Fact name="Encoded">
        <span title={formatCount(encoded)}>{formatCompactCount(encoded)}</span>
        <FactNote>in {formatQuantity(batches, 'batch', 'batches')}</FactNote>
      </Fact>
      <Fact name="Refused">
        <span title={formatCount(refused)}>{formatCompactCount(refused)}</span>
        {refused > 0 && <FactNote warn>{formatShare(refused / (refused + encoded))} of all</FactNote>}
      </Fact>
      <Fact name="Queued">
        <span title={formatCount(queued)}>{formatCompactCount(queued)}</span>
      </Fact>
      <Fact name="Restarts">{formatCount(restarts)}</Fact>
      <Fact name="Memory">{residentBytes === 0 ? NO_VALUE : formatBytes(residentBytes)}</Fact>
    </dl>
  );
}
