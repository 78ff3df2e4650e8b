import { malformedProtobuf } from '../malformed.js';
import { WIRE_TYPE } from '../wire/reader.js';
import type { WireReader } from '../wire/reader.js';

/** Reads a fixed32 field, unsigned. */
export function fixed32At(reader: WireReader): number {
  const { position } = reader;
  if (reader.wireType !== WIRE_TYPE.fixed32) {
    throw malformedProtobuf(
      position,
      `field ${reader.field} has wire type ${reader.wireType} where ${WIRE_TYPE.fixed32} is expected`,
    );
  }
  reader.skip();
  return reader.view.getUint32(position, true);
}
