import type { MonitorView } from '../api.js';
import { formatWindow } from '../format.js';
import { monitorText } from '../monitor-text.js';
import { Icon } from './icon.js';
import { Owner } from './owner.js';
import { RunbookLink } from './runbook-link.js';
import { StateBadge } from './state-badge.js';
import { Subject } from './subject.js';
import { TimeAgo } from './time-ago.js';

/** Name, state, scope and the last judgement of a monitor in one sentence. */
export function MonitorHead({ monitor }: { monitor: MonitorView }) {
  const { reason, note } = monitorText(monitor);
  return (
    <div class="monitor-head">
      <h3>{monitor.name}</h3>
      <StateBadge state={monitor.state} judged={monitor.evaluatedAt !== null} />
      <p class="meta">
        <Subject service={monitor.service} region={monitor.region} model={monitor.model} />
        {monitor.baseline !== '' && (
          <span class="subject">
            <span class="subject-name">baseline</span> {monitor.baseline}
          </span>
        )}
        <span class="subject">
          <span class="subject-name">window</span> {formatWindow(monitor.windowMs)}, every{' '}
          {formatWindow(monitor.everyMs)}
        </span>
        <Owner name={monitor.owner} />
        <RunbookLink address={monitor.runbook} subject={monitor.name} />
      </p>
      {note !== '' && (
        <p class="monitor-note">
          <Icon name="drift" />
          <span>{note}</span>
        </p>
      )}
      <p class="monitor-reason">
        {reason}{' '}
        {monitor.evaluatedAt !== null && (
          <span class="quiet nowrap">
            judged <TimeAgo at={monitor.evaluatedAt} />
          </span>
        )}
      </p>
    </div>
  );
}
