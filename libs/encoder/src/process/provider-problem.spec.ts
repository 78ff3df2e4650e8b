import { describe, expect, test } from '@jest/globals';
import { providerProblem, unavailable } from './provider-problem.js';

/** As ONNX Runtime 1.30 lists them on Linux x64. */
const LISTED = [
  { name: 'cpu', bundled: true },
  { name: 'webgpu', bundled: true },
  { name: 'cuda', bundled: false },
];

describe('why a provider is not even tried', () => {
  test('what is bundled is tried, and what is not when its library is there', () => {
    expect(unavailable('webgpu', LISTED, () => false)).toBeNull();
    expect(unavailable('cuda', LISTED, () => true)).toBeNull();
  });

  test('a library that is missing is named with what installs it', () => {
    expect(unavailable('cuda', LISTED, () => false)).toBe(
      'its library is not installed (npm run setup:gpu installs it)',
    );
  });

  test('a build without it', () => {
    expect(unavailable('webgpu', LISTED.slice(0, 1), () => true)).toBe(
      'this build of ONNX Runtime does not have it',
    );
  });
});

describe('what ONNX Runtime 1.30 says of a provider that does not work', () => {
  test('WebGPU without a driver', () => {
    const said =
      '/onnxruntime_src/onnxruntime/core/providers/webgpu/webgpu_context.cc:136 onnxruntime::webgpu::WebGpuContext::Initialize(const onnxruntime::webgpu::WebGpuContextConfig&)::<lambda()> adapter_result.status == wgpu::RequestAdapterStatus::Success was false. Failed to get a WebGPU adapter: No supported adapters\n';
    expect(providerProblem('webgpu', new Error(said))).toMatch(/^no graphics card was found/);
  });

  test('CUDA whose libraries cannot be loaded', () => {
    const said = 'OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library';
    expect(providerProblem('cuda', new Error(said))).toBe(
      `its library cannot be loaded: CUDA 12 and cuDNN 9 must be on the path of the loader (${said})`,
    );
  });

  test('anything else is told in its first line, cut, without where in the source it was written', () => {
    const said =
      '/onnxruntime_src/onnxruntime/core/framework/x.cc:12 void onnxruntime::Run() Device lost.\nmore';
    expect(providerProblem('webgpu', new Error(said))).toBe('Device lost');
    expect(providerProblem('cuda', new Error('x'.repeat(1000)))).toHaveLength(301);
    expect(providerProblem('cuda', new Error(''))).toBe('no reason was given');
  });
});
