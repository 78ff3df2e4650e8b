import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '@tidewatch/core';

/** The presets lie beside the sources of their library, also for the compiled program. */
const FOLDERS = ['../../../../libs/slo/presets/slos/', '../../../../../libs/slo/presets/slos/'];

/**
 * The files of the presets that come with Tidewatch.
 *
 * @throws AppError `cli.presets-missing` when the installation lacks them
 */
export function presetFiles(): string[] {
  const candidates = FOLDERS.map((folder) => fileURLToPath(new URL(folder, import.meta.url)));
  const found = candidates.find((folder) => existsSync(folder));
  if (found === undefined) {
    throw new AppError({
      code: 'cli.presets-missing',
      message: `The presets were looked for in ${candidates.join(' and ')}, and are in neither.`,
      hint: 'Restore the folder libs/slo/presets/slos from the repository.',
    });
  }
  return readdirSync(found)
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => join(found, name));
}
