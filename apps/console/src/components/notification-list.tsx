import { useMoment } from '../clock.js';
import type { IncidentNotification, Outcome } from '../incident-view.js';
import { mostTelling, notificationText } from '../notification-text.js';
import { Icon } from './icon.js';
import type { IconName } from './icon.js';

const ICONS: Readonly<Record<Outcome, IconName>> = {
  delivered: 'ok',
  retry: 'retry',
  rejected: 'error',
  pending: 'pending',
  started: 'send',
  superseded: 'ok',
  replayed: 'retry',
};

/** The pictogram of an outcome. */
export function outcomeIcon(outcome: Outcome): IconName {
  return ICONS[outcome];
}

/** Who has been told about an incident, and who could not be told yet: the newest message of each receiver. */
export function NotificationList({ notifications }: { notifications: readonly IncidentNotification[] }) {
  const { server } = useMoment();
  if (notifications.length === 0) {
    return <p class="quiet">Nobody has been told: no route matches, or every rule is kept quiet.</p>;
  }
  return (
    <ul class="notifications">
      {mostTelling(notifications).map((notification) => {
        const text = notificationText(notification, server);
        return (
          <li key={notification.id} class={`notification is-${notification.outcome}`}>
            <Icon name={ICONS[notification.outcome]} />
            <div>
              <p>
                {text.verb} <b>{text.receiver}</b>
                {text.channel !== '' && <span class="quiet"> ({text.channel})</span>}{' '}
                {text.when !== '' && <span class="quiet nowrap">{text.when}</span>}
              </p>
              {text.reason !== '' && <p class="notification-reason">{text.reason}</p>}
            </div>
          </li>
        );
      })}
    </ul>
  );
}
