import { githubService, type GithubService } from '../../examples/stand-ins/src/github.js';
import type { ContractSubject } from './contract-bench.js';
import { startHttpBench, type HttpBench } from './http-bench.js';
import { START } from './notification.js';

export const GITHUB_TOKEN = 'github_pat_11ABCDEFG0aBcDeFgHiJkL';

/** A bench whose issues can be changed as people do it, and whose clock can be set. */
export interface GithubBench extends HttpBench {
  readonly github: GithubService;
  /** ms */
  clock: number;
}

/** GitHub, and a receiver that opens issues in its repository. */
export async function startGithub(more: Readonly<Record<string, unknown>> = {}): Promise<GithubBench> {
  let clock = START + 720_000;
  const github = githubService({ token: GITHUB_TOKEN, repository: 'acme/ranker', now: () => clock });
  const bench = await startHttpBench({
    kind: 'github',
    service: github,
    spec: (url) => ({
      type: 'github',
      tokenEnv: 'GITHUB_TOKEN',
      repository: 'acme/ranker',
      labels: ['ml'],
      assignees: ['ada'],
      api: url,
      ...more,
    }),
    secrets: () => ({ GITHUB_TOKEN }),
  });
  return Object.defineProperty({ ...bench, github, clock }, 'clock', {
    get: () => clock,
    set: (time: number) => {
      clock = time;
    },
  });
}

/** GitHub issues for the contract suite. */
export const githubSubject: ContractSubject = {
  type: 'github',
  updates: true,
  acknowledges: true,
  keepsOpenState: true,
  http: true,
  largestBody: null,
  start: () => startGithub(),
};
