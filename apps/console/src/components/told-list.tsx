import { useMoment } from '../clock.js';
import { formatQuantity } from '../format.js';
import type { IncidentNotification } from '../incident-view.js';
import { byReceiver, channelName, deliveryTime, notificationText, whyText } from '../notification-text.js';
import { Icon } from './icon.js';
import { outcomeIcon } from './notification-list.js';
import { ReplayButton } from './replay-button.js';

interface ToldListProps {
  notifications: readonly IncidentNotification[];
  onChange: () => void;
}

/** Every receiver of an incident: its messages, how each went, why it was told, and what was given up. */
export function ToldList({ notifications, onChange }: ToldListProps) {
  if (notifications.length === 0) {
    return <p class="note">Nobody has been told: no route matches, or every rule is kept quiet.</p>;
  }
  return (
    <ul class="told" data-testid="told">
      {byReceiver(notifications).map(({ receiver, messages }) => (
        <Receiver key={receiver} receiver={receiver} messages={messages} onChange={onChange} />
      ))}
    </ul>
  );
}

function Receiver(props: { receiver: string; messages: IncidentNotification[]; onChange: () => void }) {
  const { receiver, messages, onChange } = props;
  const [newest, ...older] = messages;
  const channel = channelName(messages.find((each) => each.channel !== '')?.channel ?? '');
  const why = messages.find((each) => each.explanation.length > 0)?.explanation ?? [];
  if (newest === undefined) {
    return null;
  }
  return (
    <li>
      <h4>
        {receiver}
        {channel !== '' && <span class="part-note"> {channel}</span>}
      </h4>
      <ul class="notifications">
        <Message message={newest} onChange={onChange} />
        {older
          .filter(({ outcome }) => outcome === 'rejected')
          .map((message) => (
            <Message key={message.id} message={message} onChange={onChange} />
          ))}
      </ul>
      {why.length > 0 && (
        <details class="member-numbers">
          <summary>
            <Icon name="chevron" />
            Why this receiver
          </summary>
          <ol class="explanation">
            {why.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ol>
        </details>
      )}
      {older.some(({ outcome }) => outcome !== 'rejected') && (
        <details class="member-numbers">
          <summary>
            <Icon name="chevron" />
            {formatQuantity(older.length, 'earlier message')}
          </summary>
          <ul class="notifications">
            {older
              .filter(({ outcome }) => outcome !== 'rejected')
              .map((message) => (
                <Message key={message.id} message={message} onChange={onChange} />
              ))}
          </ul>
        </details>
      )}
    </li>
  );
}

function Message({ message, onChange }: { message: IncidentNotification; onChange: () => void }) {
  const { server } = useMoment();
  const text = notificationText(message, server);
  const took = deliveryTime(message);
  return (
    <li class={`notification is-${message.outcome}`}>
      <Icon name={outcomeIcon(message.outcome)} />
      <div>
        <p class="message-line">
          <span>
            {text.verb.replace(/ (to|by|reach)$/, '')}
            <span class="quiet">
              {' '}
              {whyText(message.why)}
              {text.when === '' ? '' : `, ${text.when}`}
              {took === '' ? '' : `, ${took}`}
            </span>
          </span>
          {message.outcome === 'rejected' && (
            <ReplayButton id={message.id} receiver={message.receiver} onDone={onChange} />
          )}
        </p>
        {text.reason !== '' && <p class="notification-reason">{text.reason}</p>}
      </div>
    </li>
  );
}
