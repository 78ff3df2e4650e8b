import { describe, expect, test } from '@jest/globals';
import { importFixture, writtenSlos } from '../../../fixtures/import/import-fixtures.js';
import { importSpecs } from '../import-specs.js';
import type { ImportOptions } from '../import-result.js';

const SLI = {
  events: {
    error_query: 'sum(rate(errors_total[{{.window}}]))',
    total_query: 'sum(rate(requests_total[{{.window}}]))',
  },
};
const RUNBOOK = 'https://wiki.example.com/r';
const FOUR = [
  '- { name: page-fast, long: 1h, short: 5m, burn: 14.4, severity: page }',
  '- { name: page-slow, long: 6h, short: 30m, burn: 6, severity: page }',
  '- { name: ticket-fast, long: 1d, short: 2h, burn: 3, severity: ticket }',
  '- { name: ticket-slow, long: 3d, short: 6h, burn: 1, severity: ticket }',
];

/** Imports one SLO of a service; `slo` and `service` are merged over a sound one. */
function imported(
  slo: object = {},
  { service = {}, more = [], ...options }: ImportOptions & { service?: object; more?: unknown[] } = {},
) {
  const document = {
    version: 'prometheus/v1',
    service: 'shop',
    slos: [{ name: 'errors', objective: 99.9, sli: SLI, ...slo }],
    ...service,
  };
  const result = importSpecs([document, ...more], options);
  const [first] = writtenSlos(result);
  const annotations = first?.metadata.annotations ?? {};
  const tiers = (annotations['tidewatch.dev/tiers'] ?? '').trimEnd().split('\n');
  return {
    result,
    document: first,
    annotations,
    tiers,
    messages: result.notes.map(({ message }) => message),
  };
}

describe('the alerts of a Sloth SLO', () => {
  test('are the four pairs of the workbook when a runbook is known', () => {
    const { tiers, annotations, messages } = imported({ alerting: { annotations: { runbook: RUNBOOK } } });
    expect(tiers).toEqual(FOUR);
    expect(annotations['tidewatch.dev/runbook']).toBe(RUNBOOK);
    expect(annotations).not.toHaveProperty(['tidewatch.dev/no-data']);
    expect(messages).toEqual([]);
  });

  test.each([
    ['https://wiki.example.com/runbooks', 'https://wiki.example.com/runbooks/shop-errors'],
    ['https://wiki.example.com/runbooks/', 'https://wiki.example.com/runbooks/shop-errors'],
    ['https://wiki.example.com/page#', 'https://wiki.example.com/page#shop-errors'],
  ])('take their runbook from the prefix %s when they name none', (runbook, address) => {
    const { annotations, tiers } = imported({}, { runbook });
    expect(annotations['tidewatch.dev/runbook']).toBe(address);
    expect(tiers).toEqual(FOUR);
  });

  test('open tickets only while no runbook is known', () => {
    const { tiers, annotations, messages } = imported({
      alerting: { annotations: { runbook_url: 'not an address' } },
    });
    expect(tiers).toEqual(FOUR.slice(2));
    expect(annotations).not.toHaveProperty(['tidewatch.dev/runbook']);
    expect(messages).toEqual([
      'the runbook not an address is left out: it is no http or https address',
      expect.stringContaining('the tiers that page (page-fast, page-slow) are left out: no runbook is known'),
    ]);
  });

  test('leave out a severity that is disabled', () => {
    const options = { runbook: RUNBOOK };
    const page = imported({ alerting: { page_alert: { disable: true } } }, options);
    expect(page.tiers).toEqual(FOUR.slice(2));
    expect(page.annotations).not.toHaveProperty(['tidewatch.dev/no-data']);
    const ticket = imported({ alerting: { ticketAlert: { disable: true } } }, options);
    expect(ticket.tiers).toEqual(FOUR.slice(0, 2));
    expect(ticket.annotations['tidewatch.dev/no-data']).toBe('off');
    const both = imported(
      { alerting: { page_alert: { disable: true }, ticket_alert: { disable: true } } },
      options,
    );
    expect(both.tiers).toEqual(['none']);
    expect(both.annotations['tidewatch.dev/no-data']).toBe('off');
  });

  test('leave out what a total outage cannot reach', () => {
    const { tiers, messages } = imported({ objective: 90 }, { runbook: RUNBOOK });
    expect(tiers).toEqual(FOUR.slice(1));
    expect(messages).toEqual([
      'the tier page-fast is left out: at a target of 90 % a total outage burns 10 times too fast, and it waits for 14.4',
    ]);
  });

  test('follow the period of 28 days', () => {
    const { tiers, document } = imported({}, { runbook: RUNBOOK, period: '28d' });
    expect(document?.spec.timeWindow).toEqual([{ duration: '28d', isRolling: true }]);
    expect(tiers.map((line) => /burn: ([\d.]+)/.exec(line)?.[1])).toEqual([
      '13.44',
      '5.6',
      '2.8',
      '0.933333',
    ]);
  });

  test('follow windows of one’s own, which also give the period', () => {
    const more = importFixture('windows/seven-days.yaml');
    const { tiers, document, result } = imported({}, { runbook: RUNBOOK, more });
    expect(document?.spec.timeWindow).toEqual([{ duration: '7d', isRolling: true }]);
    expect(tiers).toEqual([
      '- { name: page-fast, long: 1h, short: 5m, burn: 13.44, severity: page }',
      '- { name: page-slow, long: 6h, short: 30m, burn: 3.5, severity: page }',
      '- { name: ticket-fast, long: 1d, short: 2h, burn: 1.4, severity: ticket }',
      '- { name: ticket-slow, long: 3d, short: 6h, burn: 0.98, severity: ticket }',
    ]);
    expect(result.imported).toEqual([{ source: 'sloth', name: 'shop-errors' }]);
    expect(imported({}, { period: '30d', more }).document?.spec.timeWindow[0]?.duration).toBe('30d');
  });

  test('need windows for their period', () => {
    expect(imported({}, { period: '90d' }).result.refused).toEqual([
      {
        source: 'sloth',
        name: 'shop-errors',
        path: '',
        message: expect.stringContaining('has the period 90d, for which no windows are known'),
      },
    ]);
    const broken = {
      apiVersion: 'sloth.slok.dev/v1',
      kind: 'AlertWindows',
      metadata: { name: 'w' },
      spec: { sloPeriod: '7d' },
    };
    const { result } = imported({}, { more: [broken] });
    expect(result.refused).toEqual([
      {
        source: 'sloth',
        name: 'w',
        path: 'spec.page.quick.errorBudgetPercent',
        message: 'must be a percentage of the error budget above 0',
      },
    ]);
    expect(result.documents).toHaveLength(1);
  });
});

describe('labels and annotations of a Sloth SLO', () => {
  test('carry over, the nearest first, and texts stay texts', () => {
    const { document, annotations, messages } = imported(
      {
        labels: { tier: 1, owner: 'a', 'not a label': 'x', nested: { a: 1 } },
        alerting: {
          name: 'ShopErrors',
          labels: { owner: 'b' },
          annotations: { summary: 'Errors', 'tidewatch.dev/tiers': 'none', runbook: RUNBOOK },
          page_alert: { labels: { severity: 'critical' } },
        },
      },
      { service: { labels: { owner: 'c', region: 'eu-1' } } },
    );
    expect(document?.metadata.labels).toEqual({ owner: 'b', region: 'eu-1', tier: '1' });
    expect(annotations).toEqual({
      summary: 'Errors',
      runbook: RUNBOOK,
      'sloth.slok.dev/alert': 'ShopErrors',
      'tidewatch.dev/runbook': RUNBOOK,
      'tidewatch.dev/tiers': expect.stringContaining('page-fast'),
    });
    expect(messages).toEqual([
      'the label tier is now the text "1"',
      'the label not a label is left out: its name is not allowed here',
      'the label nested is left out: it is no text',
      'the annotation tidewatch.dev/tiers is left out: its name is not allowed here',
      'the labels of page alerts (severity) are left out: documents of kind Routing say who is told',
    ]);
  });
});

describe('the plugins of a Sloth SLO', () => {
  const chain = (...ids: string[]) => ({ chain: ids.map((id) => ({ id })) });

  test('leave a note when they change nothing', () => {
    const { messages } = imported(
      { plugins: chain('sloth.dev/core/debug/v1', 'sloth.dev/contrib/denominator_corrected_rules/v1') },
      {
        service: { slo_plugins: chain('sloth.dev/core/debug/v1', 'sloth.dev/core/validate/v1') },
        runbook: RUNBOOK,
      },
    );
    expect(messages).toEqual([
      'the plugin sloth.dev/core/debug/v1 is left out: it only writes messages',
      'the plugin sloth.dev/core/validate/v1 is left out: Tidewatch validates documents when it loads them',
      'the plugin sloth.dev/contrib/denominator_corrected_rules/v1 is left out: Tidewatch always weighs by traffic: it adds up events, not ratios',
    ]);
  });

  test('are refused by id when their effect is not known, unless the SLO replaces them', () => {
    const service = { slo_plugins: chain('example.com/ours/v1') };
    expect(imported({}, { service }).result.refused).toEqual([
      {
        source: 'sloth',
        name: 'shop-errors',
        path: 'slos.0.plugins',
        message:
          'needs the SLO plugin example.com/ours/v1, a program of Sloth whose effect cannot be translated',
      },
    ]);
    const plugins = { overridePrevious: true, ...chain('sloth.dev/core/noop/v1') };
    expect(imported({ plugins }, { service }).result.refused).toEqual([]);
  });

  test('have their effect when there is one', () => {
    const plugins = {
      chain: [
        { id: 'sloth.dev/contrib/info_labels/v1', config: { labels: { a: 'b' } } },
        { id: 'sloth.dev/contrib/alert_for/v1' },
        { id: 'sloth.dev/contrib/error_budget_exhausted_alert/v1', config: { threshold: 0.1 } },
      ],
    };
    const { document, annotations, tiers } = imported(
      { plugins, alerting: { page_alert: { for: '5m' } } },
      { runbook: RUNBOOK },
    );
    expect(document?.metadata.labels).toEqual({ a: 'b' });
    expect(annotations['tidewatch.dev/budget-policy']).toBe('- { spent: 90%, do: ticket }\n');
    expect(tiers[0]).toBe('- { name: page-fast, long: 1h, short: 5m, burn: 14.4, severity: page, hold: 5m }');
    expect(tiers[2]).toBe(FOUR[2]);
  });
});

describe('a Sloth specification that is not sound', () => {
  test.each<[string, object, string, string]>([
    [
      'no objective',
      { objective: undefined },
      'slos.0.objective',
      'is missing; it must be a percentage above 0 and below 100',
    ],
    ['an objective of 100', { objective: 100 }, 'slos.0.objective', '100 would leave no error budget'],
    ['no SLI', { sli: {} }, 'slos.0.sli', 'must hold one of events, raw and plugin'],
    ['two SLIs', { sli: { ...SLI, raw: {} } }, 'slos.0.sli', 'must hold one of events, raw and plugin'],
    ['an SLI without queries', { sli: { events: {} } }, 'slos.0.sli.events.error_query', 'is empty'],
  ])('is refused: %s', (_, slo, path, message) => {
    expect(imported(slo).result.refused).toEqual([
      { source: 'sloth', name: 'shop-errors', path, message: expect.stringContaining(message) },
    ]);
  });

  test.each<[string, object, string]>([
    ['no service', { service: undefined }, 'service'],
    ['no SLOs', { slos: [] }, 'slos'],
    ['another version', { version: 'prometheus/v2' }, 'version'],
  ])('is refused as a whole: %s', (_, service, path) => {
    expect(imported({}, { service }).result.refused).toEqual([
      expect.objectContaining({ source: 'sloth', path }),
    ]);
  });

  test('tells of keys that mean nothing', () => {
    expect(imported({ time_window: '7d' }, { runbook: RUNBOOK }).messages).toEqual([
      'the key time_window is not known and was left out',
    ]);
  });
});
