import { z } from 'zod';

/** What GitHub documents for `POST /repos/{owner}/{repo}/issues`, as far as it can be told from outside. */
export const newIssueSchema = z.strictObject({
  title: z.string().min(1).max(256),
  body: z.string().max(65_536).optional(),
  labels: z.array(z.string().min(1).max(50)).max(100).optional(),
  assignees: z.array(z.string().min(1).max(39)).max(10).optional(),
  milestone: z.number().int().nullable().optional(),
});

/** For `PATCH /repos/{owner}/{repo}/issues/{number}`. */
export const changedIssueSchema = z
  .strictObject({
    title: z.string().min(1).max(256).optional(),
    body: z.string().max(65_536).optional(),
    state: z.enum(['open', 'closed']).optional(),
    state_reason: z.enum(['completed', 'not_planned', 'duplicate', 'reopened']).nullable().optional(),
    labels: z.array(z.string().min(1).max(50)).optional(),
    assignees: z.array(z.string()).max(10).optional(),
  })
  .refine(
    ({ state, state_reason: reason }) => reason == null || (reason === 'reopened') === (state === 'open'),
    'state_reason does not fit state',
  );

/** For `POST …/comments`. */
export const commentSchema = z.strictObject({ body: z.string().min(1).max(65_536) });

/** One issue. Times in milliseconds since the epoch. */
export interface GithubIssue {
  readonly number: number;
  title: string;
  body: string;
  labels: string[];
  assignees: string[];
  state: 'open' | 'closed';
  stateReason: string | null;
  readonly createdAt: number;
  updatedAt: number;
  closedAt: number | null;
  readonly comments: { readonly id: number; readonly body: string; readonly at: number }[];
}

/** As the API answers it; with the fields that make real answers large. */
export function issueJson(issue: GithubIssue, base: string): Readonly<Record<string, unknown>> {
  const url = `${base}/issues/${issue.number}`;
  return {
    url,
    repository_url: base,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    html_url: url,
    id: 2_000_000_000 + issue.number,
    node_id: `I_${'x'.repeat(20)}`,
    number: issue.number,
    title: issue.title,
    user: accountJson('tidewatch-bot', base),
    labels: issue.labels.map((name, id) => ({
      id,
      name,
      color: 'ededed',
      default: false,
      description: null,
    })),
    state: issue.state,
    locked: false,
    assignees: issue.assignees.map((login) => accountJson(login, base)),
    milestone: null,
    comments: issue.comments.length,
    created_at: timeText(issue.createdAt),
    updated_at: timeText(issue.updatedAt),
    closed_at: issue.closedAt === null ? null : timeText(issue.closedAt),
    author_association: 'MEMBER',
    body: issue.body,
    closed_by: null,
    reactions: { url: `${url}/reactions`, total_count: 0 },
    timeline_url: `${url}/timeline`,
    performed_via_github_app: null,
    state_reason: issue.stateReason,
  };
}

export function commentJson(
  issue: GithubIssue,
  comment: GithubIssue['comments'][number],
  base: string,
): Readonly<Record<string, unknown>> {
  return {
    url: `${base}/issues/comments/${comment.id}`,
    issue_url: `${base}/issues/${issue.number}`,
    id: comment.id,
    user: accountJson('tidewatch-bot', base),
    created_at: timeText(comment.at),
    updated_at: timeText(comment.at),
    body: comment.body,
  };
}

/** What a reader sees of Markdown, roughly: no comments, no escapes, and no characters without width. */
export function readable(markdown: string): string {
  return markdown
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/\\([!-/:-@[-`{-~\n])/g, '$1')
    .replace(/\u200b/g, '')
    .trim();
}

function accountJson(login: string, base: string): Readonly<Record<string, unknown>> {
  const paths = ['followers', 'following', 'gists', 'starred', 'subscriptions', 'orgs', 'repos', 'events'];
  return {
    login,
    id: 1,
    node_id: 'MDQ6VXNlcjE=',
    ...Object.fromEntries(paths.map((path) => [`${path}_url`, `${base}/users/${login}/${path}`])),
    type: 'User',
    site_admin: false,
  };
}

/** GitHub gives times to the second. */
function timeText(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}
