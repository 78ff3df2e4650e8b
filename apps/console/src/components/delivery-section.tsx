import type { ComponentChildren } from 'preact';
import type { DeliveryView, LoggedNotification } from '../alerting-view.js';
import type { ListOf } from '../api.js';
import { useMoment } from '../clock.js';
import {
  driverText,
  goalText,
  heartbeatLines,
  leaseText,
  queueText,
  receiverText,
  windowName,
  windowText,
} from '../delivery-text.js';
import { incidentHref } from '../links.js';
import { notificationText } from '../notification-text.js';
import type { Tone } from '../overall.js';
import { useReadOften } from '../read-often.js';
import { REFRESH_EVERY_MS } from '../refresh.js';
import { EmptyNote } from './empty-note.js';
import { Fact, FactNote } from './fact.js';
import { Icon } from './icon.js';
import type { IconName } from './icon.js';
import { ReplayButton } from './replay-button.js';
import { Section } from './section.js';

/** Whether messages get out: the delivery objective, what waits, who delivers, heartbeats, receivers, dead letters. */
export function DeliverySection() {
  const { view, problem } = useReadOften<DeliveryView>('delivery', REFRESH_EVERY_MS);
  return (
    <Section id="delivery" title="Delivery" note={view === null ? '' : goalText(view.slo)}>
      {view === null ? (
        <EmptyNote icon={problem === null ? 'pending' : 'error'}>
          {problem === null ? 'Reading' : `Delivery cannot be shown: ${problem}`}
        </EmptyNote>
      ) : (
        <div class="panel part delivery" data-testid="delivery">
          <Objective view={view} />
          <dl class="delivery-facts">
            <Fact name="Queue">
              {queueText(view)} <FactNote>{driverText(view.queue.driver)}</FactNote>
            </Fact>
            <Fact name="Decides and delivers">{leaseText(view)}</Fact>
            <Heartbeats view={view} />
          </dl>
          <Receivers receivers={view.receivers} />
          <DeadLetters />
        </div>
      )}
    </Section>
  );
}

function Objective({ view }: { view: DeliveryView }) {
  return (
    <dl class="delivery-windows">
      {[...view.slo.windows].reverse().map((window) => {
        const { share, detail, tone } = windowText(window, view.slo.objective);
        return (
          <Fact key={window.window} name={windowName(window.window)}>
            <b class={`figure tone-${tone}`}>{share}</b>
            <FactNote>{detail}</FactNote>
          </Fact>
        );
      })}
    </dl>
  );
}

function Heartbeats({ view }: { view: DeliveryView }) {
  const { server } = useMoment();
  const lines = heartbeatLines(view, server);
  if (lines.length === 0) {
    return (
      <Fact name="Heartbeat">
        none <FactNote>a rule of kind Heartbeat tells a dead man’s switch that alerting works</FactNote>
      </Fact>
    );
  }
  return (
    <>
      {lines.map(({ name, text, tone }) => (
        <Fact key={name} name={`Heartbeat ${name}`}>
          <span class={`heartbeat tone-${tone}`}>{text}</span>
        </Fact>
      ))}
    </>
  );
}

const OUTCOME_CLASSES: Readonly<Record<Tone, string>> = {
  critical: 'is-rejected',
  warning: 'is-retry',
  ok: 'is-delivered',
  muted: 'is-pending',
};

const TONE_ICONS: Readonly<Record<Tone, IconName>> = {
  critical: 'error',
  warning: 'retry',
  ok: 'ok',
  muted: 'pending',
};

/** Receivers over the longest stretch of time. */
function Receivers({ receivers }: Pick<DeliveryView, 'receivers'>) {
  const longest = receivers[0]?.windows.at(-1)?.window ?? '';
  return (
    <Block title="Receivers" note={longest === '' ? '' : windowName(longest).toLowerCase()}>
      {receivers.length === 0 ? (
        <p class="note">Nobody has been told of anything yet.</p>
      ) : (
        <ul class="receivers">
          {receivers.map(({ receiver, windows }) => {
            const window = windows.at(-1);
            if (window === undefined) {
              return null;
            }
            const { text, tone } = receiverText(window);
            return (
              <li key={receiver} class={`notification ${OUTCOME_CLASSES[tone]}`}>
                <Icon name={TONE_ICONS[tone]} />
                <p>
                  <b>{receiver}</b> <span class="quiet">{text}</span>
                </p>
              </li>
            );
          })}
        </ul>
      )}
    </Block>
  );
}

function DeadLetters() {
  const { view, problem, again } = useReadOften<ListOf<LoggedNotification>>(
    'notifications?outcome=rejected&limit=20',
    REFRESH_EVERY_MS,
  );
  const { server } = useMoment();
  const letters = view?.items ?? [];
  return (
    <Block title="Given up">
      {letters.length === 0 ? (
        <p class="note">
          {problem !== null
            ? `It cannot be shown: ${problem}`
            : view === null
              ? 'Reading'
              : 'Nothing in the last 30 days: every message arrived, or was merged into one that did.'}
        </p>
      ) : (
        <ul class="notifications" data-testid="dead-letters">
          {letters.map((letter) => {
            const text = notificationText(letter, server);
            return (
              <li key={letter.id} class="notification is-rejected">
                <Icon name="error" />
                <div>
                  <p class="message-line">
                    <span>
                      {text.verb} <b>{text.receiver}</b>{' '}
                      <span class="quiet">
                        {text.when}, <a href={incidentHref(letter.incidentId)}>about this incident</a>
                      </span>
                    </span>
                    <ReplayButton id={letter.id} receiver={letter.receiver} onDone={again} />
                  </p>
                  <p class="notification-reason">{text.reason}</p>
                </div>
              </li>
            );
          })}
        </ul>
      )}
    </Block>
  );
}

function Block(props: { title: string; note?: string; children: ComponentChildren }) {
  const { title, note = '', children } = props;
  return (
    <div class="delivery-block">
      <h3>
        {title} {note !== '' && <span class="part-note">{note}</span>}
      </h3>
      {children}
    </div>
  );
}
