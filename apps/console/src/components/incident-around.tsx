import { deploymentText } from '../incident-text.js';
import type { IncidentDetail } from '../incident-view.js';
import { safeHref } from '../links.js';
import { Icon } from './icon.js';

/** What changed around an incident, and where else to look. */
export function IncidentAround({ incident }: { incident: IncidentDetail }) {
  const { deployments, links } = incident.context;
  const shown = [
    { text: 'Grafana', address: safeHref(links.grafana) },
    { text: 'Traces', address: safeHref(links.traces) },
  ];
  return (
    <div class="around">
      {deployments.length === 0 ? (
        <p class="note">No deployment is known around it.</p>
      ) : (
        <ul class="around-list">
          {deployments.map((deployment) => {
            const { when, what } = deploymentText(deployment, incident.openedAt);
            return (
              <li key={`${deployment.deploymentId} ${deployment.at}`}>
                <span>{what}</span>{' '}
                <span class="quiet">
                  {when}
                  {deployment.region === '' ? '' : `, ${deployment.region}`}
                  {deployment.deploymentId === '' ? '' : `, ${deployment.deploymentId}`}
                </span>
              </li>
            );
          })}
        </ul>
      )}
      <p class="around-links">
        {shown.map(
          ({ text, address }) =>
            address !== null && (
              <a key={text} class="runbook" href={address} target="_blank" rel="noreferrer">
                <Icon name="send" />
                {text}
                <span class="visually-hidden"> (opens in a new tab)</span>
              </a>
            ),
        )}
      </p>
    </div>
  );
}
