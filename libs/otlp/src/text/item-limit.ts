/**
 * How many spans, events, links or records are taken from one request.
 *
 * Two bytes on the wire can be an event, and a hundred in memory: this is what bounds the memory of a request whose
 * bytes are already bounded. Requests of real exporters stay a hundred times below.
 */
export const MAX_ITEMS = 1_000_000;
