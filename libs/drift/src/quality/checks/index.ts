import type { QualityCheck } from '../check-finding.js';
import type { QualityCheckName } from '../quality-monitor.js';
import { jobs } from './batch-jobs.js';
import { checksums } from './checksums.js';
import { clock } from './clock.js';
import { collapse } from './collapse.js';
import { duplicates } from './duplicates.js';
import { freshness } from './freshness.js';
import { missing } from './missing.js';
import { newCategories } from './new-categories.js';
import { range } from './range.js';
import { schema } from './schema.js';
import { silent } from './silent-sources.js';
import { type } from './type.js';
import { vanishedCategories } from './vanished-categories.js';
import { volume } from './volume.js';

/** All checks of data quality. A new one is one file and one line here, and its settings in the rule. */
export const qualityChecks: { readonly [Name in QualityCheckName]: QualityCheck<Name> } = {
  schema,
  type,
  range,
  missing,
  newCategories,
  vanishedCategories,
  collapse,
  duplicates,
  clock,
  freshness,
  volume,
  silent,
  jobs,
  checksums,
};
