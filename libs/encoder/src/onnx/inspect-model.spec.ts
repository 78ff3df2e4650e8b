import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { onnxBytes, port, reluModel, type Message } from '../../fixtures/models.js';
import { inspectModel } from './inspect-model.js';
import type { ModelReport } from './model-report.js';
import { readModel } from './read-model.js';

function inspect(model: Message = {}, graph: Message = {}, maximumBlobBytes?: number): ModelReport {
  return inspectModel(readModel(onnxBytes(model, graph)), maximumBlobBytes);
}

function messages(report: ModelReport, severity: 'error' | 'warning' = 'error'): string[] {
  return report.problems.filter((each) => each.severity === severity).map(({ message }) => message);
}

const fixture = (name: string) =>
  inspectModel(readModel(readFileSync(new URL(`../../fixtures/${name}`, import.meta.url))));

/** A Constant node that holds a tensor. */
const constant = (tensor: Message) => ({
  opType: 'Constant',
  name: 'constant',
  output: ['c'],
  attribute: [{ name: 'value', type: 4, t: tensor }],
});
const RELU = { opType: 'Relu', name: 'relu', input: ['x'], output: ['y'] };

describe('a report', () => {
  test('of a model without problems says what is in it', () => {
    const report = inspect(
      {
        producerName: 'pytorch',
        producerVersion: '2.9.0',
        modelVersion: 3,
        metadataProps: [{ key: 'license', value: 'MIT' }],
      },
      { initializer: [{ name: 'w', dims: [2, 3], dataType: 1, rawData: new Uint8Array(24) }] },
    );
    expect(report).toMatchObject({
      irVersion: 8,
      producer: 'pytorch 2.9.0',
      modelVersion: 3,
      graph: 'main',
      opsets: [{ domain: 'ai.onnx', version: 17 }],
      operators: [{ domain: 'ai.onnx', type: 'Relu', count: 1 }],
      customDomains: [],
      inputs: [{ name: 'x', element: 'float32', shape: ['batch', 2] }],
      metadata: { license: 'MIT' },
      parameters: { count: 6, bytes: 24 },
      externalFiles: [],
      blobs: [],
      problems: [],
    });
  });

  test('survives being written as JSON', () => {
    const report = fixture('mobilenet-tiny.onnx');
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  test.each([
    ['mobilenet-tiny.onnx', /^tf2onnx /, 'Conv', 4],
    ['bert-tiny.onnx', /^pytorch /, 'MatMul', 2],
  ])('of %s has no problems', (name, producer, type, rank) => {
    const report = fixture(name);
    expect(report.problems).toEqual([]);
    expect(report.producer).toMatch(producer);
    expect(report.operators.map((each) => each.type)).toContain(type);
    expect(report.inputs[0]?.shape).toHaveLength(rank);
    expect(report.parameters.count).toBeGreaterThan(1_000);
    expect(report.parameters.bytes).toBeLessThan(report.bytes);
  });

  test('counts operators inside of subgraphs and functions', () => {
    const branch = { name: 'branch', node: [RELU, { ...RELU, name: 'again' }] };
    const report = inspect(
      {
        opsetImport: [{ version: 17 }, { domain: 'local', version: 1 }],
        functions: [
          {
            name: 'Twice',
            domain: 'local',
            input: ['x'],
            output: ['y'],
            opsetImport: [{ version: 17 }],
            node: [RELU, { ...RELU, opType: 'Neg' }],
          },
        ],
      },
      {
        node: [
          {
            opType: 'If',
            input: ['c'],
            output: ['z'],
            attribute: [
              { name: 'then_branch', type: 5, g: branch },
              {
                name: 'else_branch',
                type: 5,
                g: { name: 'other', node: [{ ...RELU, opType: 'Twice', domain: 'local' }] },
              },
            ],
          },
        ],
      },
    );
    expect(report.operators).toEqual([
      { domain: 'ai.onnx', type: 'Relu', count: 3 },
      { domain: 'ai.onnx', type: 'If', count: 1 },
      { domain: 'ai.onnx', type: 'Neg', count: 1 },
      { domain: 'local', type: 'Twice', count: 1 },
    ]);
    expect(report.functions).toEqual(['local:Twice']);
    expect(report.customDomains).toEqual([]);
    expect(report.problems).toEqual([]);
  });

  test('cuts long metadata and counts Constant nodes as parameters', () => {
    const report = inspect(
      { metadataProps: [{ key: 'long', value: 'x'.repeat(5_000) }] },
      { node: [constant({ dims: [4], dataType: 7, int64Data: [1, 2, 3, 4] }), RELU] },
    );
    expect(report.metadata['long']).toHaveLength(1_001);
    expect(report.parameters).toEqual({ count: 4, bytes: 32 });
    expect(report.problems).toEqual([]);
  });
});

describe('what keeps a model from running is an error', () => {
  test.each<[string, Message, Message, RegExp]>([
    [
      'a new opset',
      { opsetImport: [{ version: 27 }] },
      {},
      /^opset 27 of ai\.onnx is not supported: needed is one from 7 to 26$/,
    ],
    ['an old opset', { opsetImport: [{ version: 6 }] }, {}, /^opset 6 of ai\.onnx is not supported/],
    [
      'a new opset of a domain that is not used',
      { opsetImport: [{ version: 17 }, { domain: 'ai.onnx.ml', version: 6 }] },
      {},
      /^opset 6 of ai\.onnx\.ml is not supported: needed is one from 1 to 5$/,
    ],
    [
      'an opset of a function',
      { functions: [{ name: 'F', domain: 'local', opsetImport: [{ domain: 'com.microsoft', version: 2 }] }] },
      {},
      /^opset 2 of com\.microsoft is not supported: needed is 1$/,
    ],
    ['no opset', { opsetImport: [] }, {}, /^the model does not say which opset it uses$/],
    ['a new IR', { irVersion: 14 }, {}, /^the IR version is 14, and ONNX Runtime reads 1 to 13$/],
    ['no IR version', { irVersion: 0 }, {}, /^the IR version is 0/],
    [
      'operators of an unknown domain',
      {},
      {
        node: [
          { ...RELU, domain: 'com.acme', opType: 'Warp' },
          { ...RELU, domain: 'com.acme', opType: 'Bend' },
        ],
      },
      /^operators of the domain com\.acme are unknown to ONNX Runtime: Bend, Warp; needed are operators of ai\.onnx, ai\.onnx\.ml, com\.microsoft, or functions that the model defines$/,
    ],
    [
      'an unknown operator',
      {},
      { node: [{ ...RELU, opType: 'Reluu' }] },
      /^operator Reluu cannot run: ai\.onnx has no such operator up to version 26/,
    ],
    [
      'an operator newer than the opset',
      {},
      { node: [{ ...RELU, opType: 'Gelu' }] },
      /^operator Gelu cannot run: it came with version 20 of ai\.onnx, and the model uses version 17$/,
    ],
    [
      'an initialiser of the wrong length',
      {},
      { initializer: [{ name: 'w', dims: [2, 3], dataType: 1, rawData: new Uint8Array(20) }] },
      /^initialiser w is corrupt: float32 \[2, 3\] takes 24 bytes, and 20 are there$/,
    ],
    [
      'an initialiser of negative size',
      {},
      { initializer: [{ name: 'w', dims: [-1], dataType: 1 }] },
      /^initialiser w is corrupt: its shape is \[-1\]/,
    ],
    [
      'a tensor of the wrong length inside a node',
      {},
      { node: [constant({ dims: [2], dataType: 22, rawData: new Uint8Array(2) }), RELU] },
      /^attribute value of Constant node constant is corrupt: int4 \[2\] takes 1 bytes, and 2 are there$/,
    ],
  ])('%s', (_what, model, graph, expected) => {
    expect(messages(inspect(model, graph))).toEqual([expect.stringMatching(expected)]);
  });

  test('a problem of many nodes is told once', () => {
    const node = [1, 2, 3].map((index) => ({ ...RELU, opType: 'Gelu', name: `gelu${index}` }));
    expect(messages(inspect({}, { node }))).toHaveLength(1);
  });
});

describe('external data', () => {
  const outside = (location: string) =>
    inspect(
      {},
      {
        initializer: ['w', 'v'].map((name) => ({
          name,
          dims: [1_000],
          dataType: 1,
          dataLocation: 1,
          externalData: [{ key: 'location', value: location }],
        })),
      },
    );

  test.each([
    'weights.bin',
    'data/weights.bin',
    './weights.bin',
    'data/../weights.bin',
    '..weights',
    'a..b/c',
  ])("%s lies in the model's folder", (location) => {
    const report = outside(location);
    expect(report.externalFiles).toEqual([{ location, tensors: 2, inside: true }]);
    expect(report.parameters).toEqual({ count: 2_000, bytes: 8_000 });
    expect(report.problems).toEqual([]);
  });

  test.each([
    ['/etc/passwd', /^external data in \/etc\/passwd, an absolute path; needed is a path relative to/],
    ['C:\\weights.bin', /an absolute path/],
    ['\\\\server\\share\\w', /an absolute path/],
    ['../weights.bin', /^external data in \.\.\/weights\.bin, outside of the model's folder;/],
    ['data/../../weights.bin', /outside of the model's folder/],
    ['data\\..\\..\\weights.bin', /outside of the model's folder/],
    ['..', /outside of the model's folder/],
    ['.', /outside of the model's folder/],
    ['', /^external data without a file name/],
  ])('%s is refused', (location, expected) => {
    const report = outside(location);
    expect(report.externalFiles).toEqual([{ location, tensors: 2, inside: false }]);
    expect(messages(report)).toEqual([expect.stringMatching(expected)]);
  });
});

describe('large parts', () => {
  const large: Message = {
    initializer: [
      { name: 'small', dims: [4], dataType: 1, rawData: new Uint8Array(16) },
      { name: 'large', dims: [25_000], dataType: 1, rawData: new Uint8Array(100_000) },
      { name: 'larger', dims: [100_000], dataType: 9, int32Data: new Array(100_000).fill(1) },
    ],
    node: [{ ...RELU, attribute: [{ name: 'blob', type: 3, s: new Uint8Array(200_000) }] }],
  };

  test('are errors above a limit that is given, largest first', () => {
    const report = inspect({}, large, 65_536);
    expect(report.blobs).toEqual([
      { what: 'attribute blob of Relu node relu', bytes: 200_000 },
      { what: 'initialiser large', bytes: 100_000 },
      { what: 'initialiser larger', bytes: 100_000 },
    ]);
    expect(messages(report)[0]).toBe(
      'attribute blob of Relu node relu has 200000 bytes, more than the limit of 65536',
    );
  });

  test('are warnings above 64 MiB when no limit is given', () => {
    const report = inspect(
      {},
      {
        initializer: [
          { name: 'tokens', dims: [67_108_865], dataType: 2, rawData: new Uint8Array(67_108_865) },
        ],
      },
    );
    expect(messages(report)).toEqual([]);
    expect(messages(report, 'warning')).toEqual([
      'initialiser tokens has 67108865 bytes, more than the limit of 67108864',
    ]);
  });

  test.each<[string, Message, Message, RegExp]>([
    [
      'documentation of the model',
      { docString: 'd'.repeat(70_000) },
      {},
      /^the documentation of the model has 70000 bytes/,
    ],
    [
      'documentation of the graph',
      {},
      { docString: 'd'.repeat(70_000) },
      /^the documentation of graph main has/,
    ],
    [
      'documentation of a node',
      {},
      { node: [{ ...RELU, docString: 'd'.repeat(70_000) }] },
      /^the documentation of Relu node relu has/,
    ],
    [
      'metadata',
      { metadataProps: [{ key: 'payload', value: 'é'.repeat(40_000) }] },
      {},
      /^metadata payload has 80000 bytes, more than a description needs \(65536\)$/,
    ],
    [
      'metadata of a node',
      {},
      { node: [{ ...RELU, metadataProps: [{ key: 'trace', value: 'x'.repeat(70_000) }] }] },
      /^metadata trace has 70000 bytes/,
    ],
  ])('%s of more than 64 KiB is a warning', (_what, model, graph, expected) => {
    const report = inspect(model, graph);
    expect(messages(report)).toEqual([]);
    expect(messages(report, 'warning')).toEqual([expect.stringMatching(expected)]);
  });
});

test('a model that was built by ModelBuilder has no problems', () => {
  expect(inspectModel(readModel(reluModel([port('x')], [port('y')]))).problems).toEqual([]);
});
