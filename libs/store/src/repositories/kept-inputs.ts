import type { Database } from '../database.js';
import { RowBinaryReader } from '../row-binary-reader.js';
import type { InputKey, KeptInput } from './embedding-tables.js';

/** Reads an input that a rule kept; of several times the latest. `null` when none was kept. */
export async function readKeptInput(
  database: Database,
  { project, model, name, predictionId }: Omit<InputKey, 'timestamp' | 'receivedAt'>,
): Promise<KeptInput | null> {
  const bytes = await database.queryBinary(
    `SELECT toUnixTimestamp64Milli(Timestamp), toUnixTimestamp64Milli(ReceivedAt), DataType, Shape, Data
     FROM prediction_inputs
     PREWHERE Project = {project:String} AND Model = {model:String} AND Name = {name:String} AND PredictionId = {predictionId:String}
     ORDER BY Timestamp DESC, ReceivedAt DESC LIMIT 1`,
    { project, model, name, predictionId },
    { tag: 'vectors.kept-input' },
  );
  const reader = new RowBinaryReader(bytes);
  return reader.more
    ? {
        ...{ project, model, name, predictionId },
        timestamp: reader.int64(),
        receivedAt: reader.int64(),
        dataType: reader.text(),
        shape: reader.array(() => reader.uint32()),
        data: reader.bytes(),
      }
    : null;
}
