import type { ContractSubject } from './contract-bench.js';
import { startHttpBench, type HttpBench } from './http-bench.js';

/** A workflow of Microsoft Teams, and a receiver that posts there. */
export function startTeams(): Promise<HttpBench> {
  return startHttpBench({
    kind: 'teams',
    spec: () => ({ type: 'teams', urlEnv: 'TEAMS_URL' }),
    secrets: (url) => ({ TEAMS_URL: `${url}?api-version=1&sp=%2Ftriggers&sig=S1gnatur3S1gnatur3` }),
  });
}

/** A Teams workflow for the contract suite. */
export const teamsSubject: ContractSubject = {
  type: 'teams',
  updates: false,
  acknowledges: false,
  keepsOpenState: false,
  http: true,
  largestBody: 28 * 1_024,
  start: startTeams,
};
