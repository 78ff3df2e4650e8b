import { SHORT } from './experiments.js';
import { measureCalibration } from './measure.js';

// The numbers of a short calibration, as JSON.
process.stdout.write(JSON.stringify(measureCalibration(SHORT, () => undefined)));
