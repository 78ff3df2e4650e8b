import { changeRemark, changeText, toldText } from '../incident-text.js';
import type { IncidentChange } from '../incident-view.js';
import { TimeAgo } from './time-ago.js';

/** What happened to an incident, the newest first, with what people said. */
export function Timeline({ history }: { history: readonly IncidentChange[] }) {
  return (
    <ol class="timeline" data-testid="timeline">
      {[...history].reverse().map((change) => {
        const remark = changeRemark(change);
        const told = toldText(change);
        return (
          <li key={change.sequence} class={`change-${change.kind}`}>
            <span class="timeline-time quiet">
              <TimeAgo at={change.at} />
            </span>
            <div>
              <p>
                {changeText(change)}
                {told !== '' && <span class="quiet">, {told}</span>}
              </p>
              {remark !== '' && <p class="remark">{remark}</p>}
            </div>
          </li>
        );
      })}
    </ol>
  );
}
