import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const MAIN = join(process.cwd(), 'dist/apps/cli/src/main.js');

/** Runs the built command with nothing but `input` on its standard input. */
function tidewatch(args: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    input,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

test('results go to standard output, and the exit status is the verdict', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  expect(tidewatch(['--version'])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  const text = readFileSync('libs/scrape/fixtures/triton.prom', 'utf8');
  const { status, stdout } = tidewatch(['scrape', 'check', '-', '--preset', 'triton', '--json'], text);
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ samples: 58, kept: 58, series: 40 });
});

test('errors go to standard error, and a pipe is nobody who could confirm', () => {
  expect(tidewatch(['scrape', 'check', '-'], 'hello\n')).toMatchObject({ status: 1, stdout: '' });
  expect(tidewatch(['jurnal'])).toMatchObject({ status: 2, stdout: '' });
  const { status, stdout, stderr } = tidewatch(['journal', 'drop', 'x'], 'y\n');
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toContain('Say --yes.');
});
