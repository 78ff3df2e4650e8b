import { actionService, type ActionService } from '../../examples/stand-ins/src/action.js';
import type { ActionAnswer, ActionGate, ActionRequest } from '../../libs/channels/src/action/action-gate.js';
import type { DeliveryResult, DeploymentNote } from '../../libs/channels/src/channel.js';
import type { ContractSubject } from './contract-bench.js';
import { startHttpBench, type HttpBench } from './http-bench.js';
import { START } from './notification.js';

export const ACTION_SECRET = 'whsec_dGlkZXdhdGNoLWFjdGlvbi1zZWNyZXQtMzJieXRlcyE=';

/** A bench with the receiver's service. */
export interface ActionBench extends HttpBench {
  readonly service: ActionService;
}

/**
 * A receiver that does something, as strict as its author should make it.
 *
 * @param now its clock; by default it stands still at the first attempt
 */
export async function startAction(
  more: Readonly<Record<string, unknown>> = {},
  now: () => number = () => START + 720_000,
): Promise<ActionBench> {
  const service = actionService({ secrets: [ACTION_SECRET], now });
  const bench = await startHttpBench({
    kind: 'action',
    service,
    spec: () => ({
      type: 'action',
      do: 'scale',
      urlEnv: 'ACTION_URL',
      secretEnv: 'ACTION_SECRET',
      approval: 'none',
      parameters: { replicas: '+2' },
      ...more,
    }),
    secrets: (url) => ({ ACTION_URL: url, ACTION_SECRET }),
    secretTexts: [ACTION_SECRET],
  });
  return { ...bench, service, channelOptions: { actionGate: scriptedGate(() => 'run') } };
}

/** Actions for the failures of the contract suite: they have neither updates nor ends. */
export const actionSubject: ContractSubject = {
  type: 'action',
  updates: false,
  acknowledges: false,
  keepsOpenState: false,
  http: true,
  largestBody: 20_000,
  start: () => startAction(),
};

/** A gate that answers what it is told to, and keeps what it was asked and told. */
export interface ScriptedGate extends ActionGate {
  readonly asked: ActionRequest[];
  readonly ended: (readonly [runId: string, outcome: DeliveryResult['outcome']])[];
}

/** @param deployments what it knows to have gone live */
export function scriptedGate(
  decide: (request: ActionRequest) => ActionAnswer['decision'],
  deployments: readonly DeploymentNote[] = [],
): ScriptedGate {
  const asked: ActionRequest[] = [];
  const ended: ScriptedGate['ended'] = [];
  return {
    asked,
    ended,
    liveDeployments: async () => deployments,
    ask: async (request) => {
      asked.push(request);
      return { decision: decide(request), runId: request.runId, reason: '' };
    },
    finished: async ({ runId }, result) => {
      ended.push([runId, result.outcome]);
    },
  };
}
