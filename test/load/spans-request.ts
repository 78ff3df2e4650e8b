import { nanoHalves, withHead, type RequestTemplate } from './request-template.js';
import { attribute, WireWriter } from './wire-writer.js';

const SPANS_PER_TRACE = 10;
const STAGES = ['request', 'preprocess', 'queue', 'model', 'postprocess'];
const SERVER = 2;
const INTERNAL = 1;
const STATUS_OK = 1;
const STATUS_ERROR = 2;

/** An OTLP/HTTP protobuf request of `spans` spans with eight attributes each; every ten of them are one trace. */
export function spansRequest(
  target: { readonly host: string; readonly port: number },
  exporter: number,
  spans: number,
): RequestTemplate {
  const written = writeSpans(exporter, spans).finish();
  const head = withHead(
    { ...target, path: '/v1/traces' },
    { 'Content-Type': 'application/x-protobuf' },
    written.bytes,
  );
  const at = (mark: string) => written.offsetsOf(mark).map((offset) => offset + head.bodyAt);
  const [traces, ids, parents] = [at('trace'), at('span'), at('parent')];
  const [starts, ends] = [at('start'), at('end')];
  const view = new DataView(head.bytes.buffer, head.bytes.byteOffset, head.bytes.length);
  const random = randomWords(exporter + 1);
  return {
    bytes: head.bytes,
    items: spans,
    stamp(timeMs) {
      const start = nanoHalves(timeMs);
      const trace = [0, 0, 0, 0];
      for (let span = 0; span < spans; span += 1) {
        if (span % SPANS_PER_TRACE === 0) {
          trace.forEach((_, word) => (trace[word] = random()));
        }
        trace.forEach((value, word) => view.setUint32(traces[span]! + word * 4, value));
        const [high, low] = [random(), random()];
        view.setUint32(ids[span]!, high);
        view.setUint32(ids[span]! + 4, low);
        view.setUint32(starts[span]!, start.low, true);
        view.setUint32(starts[span]! + 4, start.high, true);
        // Up to a quarter of a second; a carry into the high half would move the end by four seconds, so none is made.
        view.setUint32(ends[span]!, Math.min(0xffff_ffff, start.low + (low >>> 4)), true);
        view.setUint32(ends[span]! + 4, start.high, true);
      }
      for (let child = 0; child < parents.length; child += 1) {
        // Children point at the first span of their trace.
        const root = Math.floor(child / (SPANS_PER_TRACE - 1)) * SPANS_PER_TRACE;
        view.setUint32(parents[child]!, view.getUint32(ids[root]!));
        view.setUint32(parents[child]! + 4, view.getUint32(ids[root]! + 4));
      }
    },
  };
}

function writeSpans(exporter: number, spans: number): WireWriter {
  return new WireWriter().message(1, (resourceSpans) => {
    resourceSpans.message(1, (resource) => {
      attribute(resource, 1, 'service.name', `ranker-api-${exporter % 8}`);
      attribute(resource, 1, 'cloud.region', 'eu-1');
      attribute(resource, 1, 'service.instance.id', `ranker-api-${exporter}-7d9f5c`);
    });
    resourceSpans.message(2, (scopeSpans) => {
      scopeSpans.message(1, (scope) => scope.text(1, 'load'));
      for (let span = 0; span < spans; span += 1) {
        scopeSpans.message(2, (message) => writeSpan(message, span));
      }
    });
  });
}

function writeSpan(message: WireWriter, span: number): void {
  const place = span % SPANS_PER_TRACE;
  const isRoot = place === 0;
  message.reserved(1, 16, 'trace').reserved(2, 8, 'span');
  if (!isRoot) {
    message.reserved(4, 8, 'parent');
  }
  message
    .text(5, isRoot ? 'POST /v1/rank' : `stage ${STAGES[1 + (place % 4)]}`)
    .varint(6, isRoot ? SERVER : INTERNAL)
    .reserved64(7, 'start')
    .reserved64(8, 'end');
  attribute(message, 9, 'model.name', `ranker-${span % 3}`);
  attribute(message, 9, 'model.version', '1.4.2');
  attribute(message, 9, 'stage', STAGES[place % STAGES.length]!);
  attribute(message, 9, 'deployment.id', 'd-81');
  attribute(message, 9, 'http.route', '/v1/rank');
  attribute(message, 9, 'http.response.status_code', place === 7 ? 503 : 200);
  attribute(message, 9, 'request_id', `r-${span.toString(16).padStart(8, '0')}`);
  attribute(message, 9, 'batch.size', 1 + (span % 32));
  message.message(15, (status) => status.varint(3, place === 7 ? STATUS_ERROR : STATUS_OK));
}

/** 32-bit words by xorshift, made for speed; ids must differ, not be unpredictable. */
function randomWords(seed: number): () => number {
  let [x, y, z, w] = [seed * 0x9e37_79b9, Date.now() >>> 0, process.pid, 88_675_123];
  return () => {
    const t = x ^ (x << 11);
    [x, y, z] = [y, z, w];
    w = w ^ (w >>> 19) ^ t ^ (t >>> 8);
    return w >>> 0;
  };
}
