import type { IncidentNotification } from '../api.js';
import { useMoment } from '../clock.js';
import { notificationText } from '../notification-text.js';
import { Icon } from './icon.js';
import type { IconName } from './icon.js';

const ICONS: Readonly<Record<IncidentNotification['outcome'], IconName>> = {
  delivered: 'ok',
  retry: 'retry',
  rejected: 'error',
  pending: 'pending',
};

/** Who has been told about an incident, and who could not be told yet. */
export function NotificationList({ notifications }: { notifications: readonly IncidentNotification[] }) {
  const { server } = useMoment();
  if (notifications.length === 0) {
    return <p class="quiet">No receiver has been told: no route matches.</p>;
  }
  return (
    <ul class="notifications">
      {notifications.map((notification) => {
        const text = notificationText(notification, server);
        return (
          <li
            key={`${notification.receiver}:${notification.action}`}
            class={`notification is-${notification.outcome}`}
          >
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
