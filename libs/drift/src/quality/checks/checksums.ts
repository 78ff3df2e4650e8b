import { ABOUT_SAMPLES, type QualityCheck } from '../check-finding.js';

const SHOWN = 12;

/**
 * One model version that was deployed with several checksums: somebody replaced a file without a new version. Variants of a
 * version are files of their own.
 */
export const checksums: QualityCheck<'checksums'> = {
  name: 'checksums',
  label: 'checksums',
  needsBaseline: false,
  find: ({ artifacts }) =>
    artifacts.map(({ version: number, variant, checksums: found }) => {
      const version = variant === '' ? number : `${number} (${variant})`;
      const several = found.length > 1;
      const names = found.map((each) => each.slice(0, SHOWN)).join(', ');
      return {
        ...ABOUT_SAMPLES,
        about: version,
        title: `version ${version}`,
        effectName: 'the number of checksums beyond one',
        n: found.length,
        m: 1,
        measured: {
          statistic: found.length - 1,
          low: found.length - 1,
          high: found.length - 1,
          pValue: several ? 0 : 1,
          method: 'seen',
          minimumEffect: 0,
        },
        certain: true,
        finding: several
          ? `version ${version} was deployed with ${found.length} checksums: ${names}`
          : `version ${version} has one checksum`,
      };
    }),
};
