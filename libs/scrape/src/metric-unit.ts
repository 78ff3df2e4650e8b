/** Units of expositions in the spelling of OpenTelemetry (UCUM). */
const UNITS: Readonly<Record<string, string>> = {
  seconds: 's',
  s: 's',
  milliseconds: 'ms',
  microseconds: 'us',
  ms: 'ms',
  us: 'us',
  bytes: 'By',
  ratio: '1',
  percent: '%',
  celsius: 'Cel',
  joules: 'J',
  watts: 'W',
  volts: 'V',
  amperes: 'A',
  meters: 'm',
  grams: 'g',
  hertz: 'Hz',
};

/**
 * The unit of a metric in the spelling of OpenTelemetry; empty when unknown.
 *
 * The end of the name decides when it is a known unit, and UNIT only otherwise: a target that answers once in
 * OpenMetrics (with UNIT) and once in Prometheus text (without) must not split its series in two.
 */
export function metricUnit(familyName: string, unit: string): string {
  const last =
    familyName
      .replace(/_total$/, '')
      .split(/[_:]/)
      .at(-1) ?? '';
  if (Object.hasOwn(UNITS, last)) {
    return UNITS[last] ?? '';
  }
  return Object.hasOwn(UNITS, unit) ? (UNITS[unit] ?? '') : unit;
}
