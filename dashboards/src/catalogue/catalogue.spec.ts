import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { readDashboard, type DashboardJson, type PanelJson, type TargetJson } from '../dashboard-json.js';
import { CATALOGUE, dashboardJson } from './index.js';

const GENERATED = new URL('../../generated/', import.meta.url);

const DASHBOARDS = CATALOGUE.map((entry) => {
  const text = dashboardJson(entry);
  return { file: entry.file, text, json: readDashboard(text) };
});
const UIDS = DASHBOARDS.map(({ json }) => json.uid);

const panelsOf = (json: DashboardJson): PanelJson[] => json.panels.filter((panel) => panel.type !== 'row');
const targetsOf = (json: DashboardJson): TargetJson[] =>
  panelsOf(json).flatMap((panel) => panel.targets ?? []);

test('the committed files are exactly what the catalogue generates', () => {
  for (const { file, text } of DASHBOARDS) {
    expect(readFileSync(new URL(file, GENERATED), 'utf8')).toBe(text);
  }
  expect(readdirSync(GENERATED).sort()).toEqual(CATALOGUE.map((entry) => entry.file).sort());
});

test('uids and titles are unique, and the on-call dashboard keeps its uid', () => {
  expect(new Set(UIDS).size).toBe(UIDS.length);
  expect(new Set(DASHBOARDS.map(({ json }) => json.title)).size).toBe(UIDS.length);
  expect(UIDS).toContain('tidewatch-on-call');
});

describe.each(DASHBOARDS)('$file', ({ text, json }) => {
  test('has a title, a description, a shared crosshair, and reloads the last hour every 10 seconds', () => {
    expect(json.title).toBeTruthy();
    expect(json.description).toBeTruthy();
    expect(json.graphTooltip).toBe(1);
    expect(json.time).toEqual({ from: 'now-1h', to: 'now' });
    expect(json.refresh).toBe('10s');
  });

  test('no panel id occurs twice', () => {
    const ids = json.panels.map((panel) => panel.id);
    expect(ids.every((id) => Number.isInteger(id))).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('every panel says what it shows, in which unit, and queries something', () => {
    const silent = panelsOf(json).filter(
      (panel) =>
        !panel.title ||
        !panel.description ||
        !panel.fieldConfig?.defaults.unit ||
        (panel.targets ?? []).length === 0,
    );
    expect(silent.map((panel) => panel.title)).toEqual([]);
  });

  test('panels fill the grid without overlap', () => {
    const cells = new Set<string>();
    for (const { gridPos, title } of json.panels) {
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect({ title, free: !cells.has(`${x} ${y}`) }).toEqual({ title, free: true });
          cells.add(`${x} ${y}`);
        }
      }
    }
  });

  test('data comes from the chosen data source only', () => {
    const uids = [...text.matchAll(/"uid": "([^"]*)"/g)].map((match) => match[1]);
    expect(new Set(uids.filter((uid) => uid !== json.uid))).toEqual(new Set(['${datasource}']));
    const sources = [
      ...panelsOf(json).map((panel) => panel.datasource),
      ...targetsOf(json).map((target) => target.datasource),
      ...json.annotations.list.map((annotation) => annotation.datasource),
      ...json.templating.list
        .filter((variable) => variable.type === 'query')
        .map((variable) => variable.datasource),
    ];
    for (const source of sources) {
      expect(source).toEqual({ type: 'grafana-clickhouse-datasource', uid: '${datasource}' });
    }
    expect(json.templating.list[0]).toMatchObject({
      type: 'datasource',
      name: 'datasource',
      query: 'grafana-clickhouse-datasource',
    });
  });

  test('targets have the smallest shape the plugin accepts, with plain SELECTs', () => {
    for (const target of targetsOf(json)) {
      expect(Object.keys(target).sort()).toEqual(['datasource', 'editorType', 'format', 'rawSql', 'refId']);
      // A read-only user may not change settings, a trailing semicolon breaks macros that wrap a query, and a comment
      // swallows the rest where an editor joins lines.
      expect(target.rawSql).toMatch(/^(SELECT|WITH)\b/);
      expect(target.rawSql).not.toMatch(/;|--|\bSETTINGS\b|\bINSERT\b|\bFORMAT\b/);
    }
  });

  test('lines have a panel that can draw them, rows one that can list them', () => {
    const formats = panelsOf(json).map(({ type, targets }) => ({ type, format: targets?.[0]?.format }));
    const wanted = new Map([
      ['timeseries', 0],
      ['state-timeline', 0],
      ['stat', 1],
      ['table', 1],
    ]);
    expect(formats.filter(({ type, format }) => wanted.get(type) !== format)).toEqual([]);
  });

  test('every variable in use is declared', () => {
    const declared = json.templating.list.map((variable) => variable.name);
    expect(new Set(declared).size).toBe(declared.length);
    const used = [...text.matchAll(/\$\{(\w+)(?::\w+)?\}/g)]
      .map((match) => match[1] ?? '')
      .filter((name) => !name.startsWith('__'));
    expect([...new Set(used)].filter((name) => !declared.includes(name))).toEqual([]);
  });

  test('dashboard links keep time range and variables, and find a dashboard', () => {
    expect(json.links.length).toBeGreaterThan(0);
    for (const link of json.links) {
      expect(link).toMatchObject({ type: 'dashboards', keepTime: true, includeVars: true });
      expect(DASHBOARDS.some((other) => link.tags.every((tag) => other.json.tags.includes(tag)))).toBe(true);
    }
  });

  test('links in cells lead to a shipped dashboard and keep time range, data source and project', () => {
    const urls = [...text.matchAll(/"url": "([^"]*)"/g)].map((match) => match[1] ?? '');
    expect(urls.length).toBeGreaterThan(0);
    for (const url of urls) {
      expect(UIDS).toContain(/^\/d\/([\w-]+)\?/.exec(url)?.[1]);
      expect(url).toContain('${__url_time_range}&${datasource:queryparam}&${project:queryparam}');
    }
  });

  test('overrides by name fit columns that the query has', () => {
    for (const panel of panelsOf(json)) {
      for (const { matcher } of panel.fieldConfig?.overrides ?? []) {
        const columns = [...(panel.targets?.[0]?.rawSql ?? '').matchAll(/ AS "([^"]+)"/g)].map(
          (match) => match[1] ?? '',
        );
        const fits =
          matcher.id === 'byName'
            ? columns.includes(matcher.options)
            : columns.some((name) => new RegExp(matcher.options).test(name));
        expect({ panel: panel.title, column: matcher.options, fits }).toEqual({
          panel: panel.title,
          column: matcher.options,
          fits: true,
        });
      }
    }
  });
});
