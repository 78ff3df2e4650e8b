// What the pages about alerting show and name: every rule can be read, "route test" prints what is shown, and every field,
// setting, metric, endpoint and command exists.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { channels } from '@tidewatch/channels';
import { readRules } from '@tidewatch/config';
import { parseAllDocuments } from 'yaml';
import { run } from '../apps/cli/src/run.js';

const PAGES = ['alerting.md', 'channels.md', 'actions.md'];
const ALL_PAGES = [...PAGES, 'rules.md', 'api.md', 'cli.md', 'configuration.md'];
const KINDS = /^kind: (Receiver|Routing|Silence|MaintenanceWindow|Heartbeat|Digest)$/m;

const textOf = (page: string): string => readFileSync(join('docs', page), 'utf8');

function blocksOf(page: string, ...languages: string[]): string[] {
  const fence = new RegExp(`^\`\`\`(?:${languages.join('|')})\\n([\\s\\S]*?)^\`\`\`$`, 'gm');
  return [...textOf(page).matchAll(fence)].map((match) => match[1] ?? '');
}

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** The documents in a folder of their own, with a receiver for every name that none of them defines. */
function folderOf(documents: readonly string[]): string {
  const text = documents.join('---\n');
  const defined = parseAllDocuments(text)
    .map((document) => document.toJS() as { kind?: string; metadata?: { name?: string } } | null)
    .flatMap((document) => (document?.kind === 'Receiver' ? (document.metadata?.name ?? []) : []));
  const named = [
    ...[...text.matchAll(/\b(?:receiver|fallback): ([a-z][\w-]*)/g)].map((match) => match[1] ?? ''),
    ...[...text.matchAll(/\breceivers: \[([^\]]+)\]/g)].flatMap((match) => (match[1] ?? '').split(/,\s*/)),
  ];
  const missing = [...new Set(named)].filter((name) => !defined.includes(name));
  const receivers = missing.map(
    (name) =>
      `apiVersion: tidewatch.dev/v1\nkind: Receiver\nmetadata: {name: ${name}}\nspec: {type: slack, urlEnv: DOCS_SLACK_URL}\n`,
  );
  const folder = mkdtempSync(join(tmpdir(), 'tidewatch-docs-'));
  folders.push(folder);
  writeFileSync(join(folder, 'rules.yaml'), [...documents, ...receivers].join('---\n'));
  return folder;
}

async function printed(args: readonly string[]): Promise<{ code: number; out: string }> {
  let out = '';
  const code = await run(args, {
    out: (text) => (out += `${text}\n`),
    err: (text) => (out += `${text}\n`),
    isInteractive: false,
    confirm: async () => false,
    readInput: async function* () {},
  });
  return { code, out };
}

describe('rules', () => {
  test.each(PAGES)('those of docs/%s can be read', (page) => {
    const blocks = blocksOf(page, 'yaml');
    expect(blocks.length).toBeGreaterThan(0);
    // Nothing but whole documents, so that each can be pasted.
    expect(blocks.filter((block) => !block.startsWith('apiVersion: tidewatch.dev/v1\n'))).toEqual([]);
    const rules = readRules(folderOf(blocks), true);
    expect(rules.warnings).toEqual([]);
  });

  test('those of docs/rules.md about alerting can be read', () => {
    const blocks = blocksOf('rules.md', 'yaml').filter((block) => KINDS.test(block));
    const rules = readRules(folderOf(blocks), true);
    const { routing, silences, maintenanceWindows, heartbeats, digests } = rules;
    expect(
      [routing.routes, silences, maintenanceWindows, heartbeats, digests].map(({ length }) => length),
    ).toEqual([2, 1, 1, 1, 1]);
  });

  test('README.md shows a table that can be read', () => {
    const [block = ''] = [...readFileSync('README.md', 'utf8').matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(
      (match) => match[1] ?? '',
    );
    expect(readRules(folderOf([block]), true).routing.routes).toHaveLength(2);
  });

  test.each(channels.map((channel) => [channel.type, channel] as const))(
    'the fields of a receiver of type %s are on its page, and in docs/rules.md',
    (type, { specSchema }) => {
      const fields = Object.keys(specSchema.shape).filter((name) => name !== 'type');
      const page = textOf(type === 'action' ? 'actions.md' : 'channels.md');
      const heading = new RegExp(
        `^## (${type === 'teams' ? 'Microsoft Teams' : type === 'email' ? 'E-mail' : type})\\b`,
        'im',
      );
      const start = page.search(heading);
      const end = page.indexOf('\n## ', start + 1);
      const common = page.slice(0, page.indexOf('\n## '));
      const section = type === 'action' ? page : `${common}${page.slice(start, end)}`;
      expect(fields.filter((name) => !new RegExp(`\\b${name}\\b`).test(section))).toEqual([]);
      const row = textOf('rules.md')
        .split('\n')
        .find((line) => line.startsWith(`| [\`${type}\`]`));
      expect(
        fields.filter(
          (name) => !['enabled', 'fallback'].includes(name) && row?.includes(`\`${name}\``) !== true,
        ),
      ).toEqual([]);
    },
  );
});

describe('commands', () => {
  const examples = blocksOf('alerting.md', 'console').filter((block) =>
    block.startsWith('$ tidewatch route test'),
  );

  test.each(examples.map((example) => [example.split('\n')[0], example]))('%s', async (_, example = '') => {
    const [table = ''] = blocksOf('alerting.md', 'yaml').filter((block) => block.includes('kind: Routing'));
    const [command = '', ...output] = example.split('\n');
    const labels = /--labels '([^']+)'/.exec(command)?.[1] ?? '';
    const result = await printed(['route', 'test', '--rules', folderOf([table]), '--labels', labels]);
    expect(result).toEqual({ code: 0, out: output.join('\n') });
  });

  const lines = ALL_PAGES.flatMap((page) => blocksOf(page, 'sh', 'bash', 'console'))
    .flatMap((block) => block.split('\n'))
    .map((line) => line.replace(/^\$ /, '').replace(/#.*$/, '').trim())
    .filter((line) => /^tidewatch (route|silence|incident|notification|drill|action)\b/.test(line));

  test('some are shown', () => {
    expect(examples).toHaveLength(2);
    expect(lines.length).toBeGreaterThan(20);
  });

  test.each([...new Set(lines)])('%s', async (line) => {
    const [, command = '', subcommand = ''] = line.split(/\s+/);
    const words = command === 'drill' ? [command] : [command, subcommand];
    const { code, out } = await printed([...words, '--help']);
    expect(code).toBe(0);
    expect(out).toContain(`Usage: tidewatch ${words.join(' ')} `);
    const options = [...line.replace(/'[^']*'|"[^"]*"/g, '').matchAll(/--[a-z][a-z-]*/g)].map(
      ([name]) => name,
    );
    expect(options.filter((name) => !new RegExp(`${name}\\b`).test(out))).toEqual([]);
  });
});

describe('names', () => {
  /** `GET /api/v1/incidents/ID`, with what stands for a value as `*`. */
  const served = readdirSync('apps/server/src', { recursive: true })
    .map((name) => join('apps/server/src', String(name)))
    .filter((file) => file.endsWith('.controller.ts'))
    .flatMap(endpointsOf)
    // OTLP is routed by its signals.
    .concat(['POST /v1/metrics', 'POST /v1/traces', 'POST /v1/logs']);

  test.each(ALL_PAGES)('the endpoints of docs/%s exist', (page) => {
    const named = [...textOf(page).matchAll(/\b(GET|POST|PUT|DELETE) (\/(?:api\/)?v1\/[^\s`?'"\\]*)/g)].map(
      ([, method = '', path = '']) => `${method} ${path.replace(/[.,;)]+$/, '')}`,
    );
    expect(named.filter((each) => !served.some((endpoint) => fits(endpoint, each)))).toEqual([]);
  });

  test('the endpoints of alerting are in docs/api.md', () => {
    const text = textOf('api.md');
    const about =
      /\/(incidents|notifications|silences|suppressions|routes|drills|delivery|digests|actions|inbound)\b/;
    const missing = served
      .filter((endpoint) => about.test(endpoint))
      .filter((endpoint) => {
        const [method = '', path = ''] = endpoint.split(' ');
        const known = [...text.matchAll(/(GET|POST|DELETE) (\/api\/v1\/[^\s`?]*)/g)];
        return !known.some(
          ([, asked, named]) => asked === method && fits(`${method} ${path}`, `${asked} ${named}`),
        );
      });
    // Refuses what belongs to the rules; part of DELETE /api/v1/silences/ID.
    expect(missing).toEqual(['DELETE /api/v1/silences/rules/*']);
  });

  test.each(ALL_PAGES)('the settings of docs/%s exist', (page) => {
    const source = readFileSync('libs/config/src/environment.ts', 'utf8');
    const read = new Set([...source.matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map((match) => match[1]));
    const named = [...textOf(page).matchAll(/`(TIDEWATCH_[A-Z_]+|REDIS_URL|CLICKHOUSE_URL)[`=]/g)].map(
      (match) => match[1],
    );
    expect(named.filter((name) => !read.has(name))).toEqual([]);
  });

  test('the metrics of alerting are documented, and no other', () => {
    const source = readFileSync('apps/server/src/telemetry/alert-metrics.ts', 'utf8');
    const made = new Set([...source.matchAll(/'(tidewatch_[a-z_]+)'/g)].map((match) => match[1]));
    const named = (page: string): (string | undefined)[] =>
      [...textOf(page).matchAll(/`(tidewatch_[a-z_]+)/g)].map((match) => match[1]);
    expect(made.size).toBeGreaterThan(5);
    expect(named('alerting.md').filter((name) => !made.has(name))).toEqual([]);
    expect([...made].filter((name) => !named('alerting.md').includes(name))).toEqual([]);
    expect([...made].filter((name) => !named('api.md').includes(name))).toEqual([]);
  });

  test.each(readdirSync('docs').filter((name) => name.endsWith('.md')))(
    'links of docs/%s lead to headings that exist',
    (page) => {
      const links = [...textOf(page).matchAll(/\]\(([\w.-]*\.md)?#([^)]+)\)/g)];
      const broken = links.filter(([, file = page, anchor = '']) => !headingsOf(file).includes(anchor));
      expect(broken.map(([link]) => link)).toEqual([]);
    },
  );
});

/** What a controller serves, such as `POST /api/v1/incidents/*` with `/*` for every parameter. */
function endpointsOf(file: string): string[] {
  const source = readFileSync(file, 'utf8');
  const base = /@Controller\('([^']*)'\)/.exec(source)?.[1] ?? '';
  return [...source.matchAll(/@(Get|Post|Put|Delete)\((?:'([^']*)')?\)/g)].map(([, method = '', path = '']) =>
    `${method.toUpperCase()} /${[base, path].filter((part) => part !== '').join('/')}`.replace(/:\w+/g, '*'),
  );
}

/** Whether what a page names, such as `POST /api/v1/incidents/ID/acknowledge`, is an endpoint with its parameters filled in. */
function fits(endpoint: string, named: string): boolean {
  const pattern = endpoint.replace(/[.]/g, '\\.').replace(/\*/g, '[^/]+');
  return new RegExp(`^${pattern}$`).test(named);
}

/** The anchors of a page's headings, as GitHub makes them. */
function headingsOf(page: string): string[] {
  return [...textOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/ /g, '-'),
  );
}
