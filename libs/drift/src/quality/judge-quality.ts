import { errorMessage } from '@tidewatch/core';
import { judgeFindings, type Finding } from '../verdict/judge-findings.js';
import type { CheckFinding, QualityCheck } from './check-finding.js';
import { qualityChecks } from './checks/index.js';
import type { QualityInput } from './quality-input.js';
import type { QualityCheckName, QualityChecks } from './quality-monitor.js';
import type { QualityVerdict } from './quality-verdict.js';

/** What a check says, as it is judged and as it is shown. */
interface Found {
  readonly check: QualityCheckName;
  readonly about: CheckFinding;
  readonly finding: Finding;
}

/**
 * Judges one window of a quality monitor: every check that is switched on looks at what was counted; tests share the
 * false-alarm budget and must last, facts stand by themselves.
 *
 * Never throws: a check that fails, or whose data could not be read, is one verdict `error`, and the others are judged.
 */
export function judgeQuality(input: QualityInput): QualityVerdict[] {
  const found = (Object.keys(qualityChecks) as QualityCheckName[]).flatMap((name) => run(input, name));
  const verdicts = judgeFindings(
    input,
    found.map(({ finding }) => finding),
  );
  return verdicts.map((verdict, index) => {
    const { check, about } = found[index]!;
    return { ...verdict, check, variable: about.variable, segment: about.segment };
  });
}

function run<Name extends QualityCheckName>(input: QualityInput, name: Name): Found[] {
  const check = qualityChecks[name];
  const settings: QualityChecks[Name] = input.monitor.checks[name];
  const failure = input.failures[name];
  if (settings === null) {
    return [];
  }
  if (failure !== undefined) {
    return [failed(check, failure)];
  }
  if (check.needsBaseline && input.baseline === null) {
    return [
      found(check, { ...NOTHING, finding: `there is no baseline yet to check ${check.label} by` }, false),
    ];
  }
  try {
    return check.find(input, settings).map((about) => found(check, about, false));
  } catch (error) {
    return [failed(check, errorMessage(error))];
  }
}

function failed(check: QualityCheck, message: string): Found {
  const finding = `the check of ${check.label} could not be made: ${message.replace(/\.$/, '')}`;
  return found(check, { ...NOTHING, finding }, true);
}

function found(check: QualityCheck, about: CheckFinding, hasFailed: boolean): Found {
  const { title, effectName, n, m, measured, certain, finding } = about;
  return {
    check: check.name,
    about,
    finding: {
      ...{ effectName, n, m, measured, certain, finding },
      subject: subjectOf(check.name, about),
      title: `${title}, ${check.label}`,
      measure: check.name,
      compared: check.needsBaseline,
      failed: hasFailed,
    },
  };
}

/** Names a finding: `missing/age{region=eu-1}`, `silent/camera_id=7`. Stable: it is stored. */
function subjectOf(check: QualityCheckName, { variable, segment, about }: CheckFinding): string {
  const what = [variable, about].filter((part) => part !== '').join(':');
  return `${check}/${what === '' ? 'samples' : what}${segment === '' ? '' : `{${segment}}`}`;
}

const NOTHING = {
  variable: '',
  segment: '',
  about: '',
  title: 'samples',
  effectName: '',
  n: 0,
  m: 0,
  measured: null,
  certain: false,
} as const;
