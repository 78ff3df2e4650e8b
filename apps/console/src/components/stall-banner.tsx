import type { StatusView } from '../api.js';
import { useMoment } from '../clock.js';
import { formatSpan } from '../format.js';
import { evaluationStall } from '../overall.js';
import { Icon } from './icon.js';

/** Says that verdicts have stopped being made although the server answers. */
export function StallBanner({ status }: { status: StatusView }) {
  const stall = evaluationStall(status, useMoment().server);
  if (stall === null) {
    return null;
  }
  return (
    <div class="banner tone-warning" data-testid="stall-banner">
      <Icon name="pending" />
      <div class="banner-text">
        <p class="banner-title" role="alert">
          Rules are not being evaluated
        </p>
        <p>
          The last evaluation {status.evaluation.lastAt === null ? 'has been due for' : 'was'}{' '}
          {formatSpan(stall)}
          {status.evaluation.lastAt === null ? '' : ' ago'}. Verdicts below describe that moment.
        </p>
      </div>
    </div>
  );
}
