import { errorMessage } from '@tidewatch/core';
import type { Provider } from './provider-report.js';

const LONGEST_REASON = 300;

/** Why a provider cannot be used, when ONNX Runtime does not even have to be asked; `null` when it must be. */
export function unavailable(
  provider: Provider,
  listed: readonly { readonly name: string; readonly bundled: boolean }[],
  hasLibrary: (provider: Provider) => boolean,
): string | null {
  const entry = listed.find(({ name }) => name === provider);
  if (entry === undefined) {
    return 'this build of ONNX Runtime does not have it';
  }
  return entry.bundled || hasLibrary(provider)
    ? null
    : 'its library is not installed (npm run setup:gpu installs it)';
}

/** What ONNX Runtime said when a provider did not work, as a reason that a person can act on. */
export function providerProblem(provider: Provider, error: unknown): string {
  const message = errorMessage(error);
  if (provider === 'webgpu' && /WebGPU adapter|supported adapters/i.test(message)) {
    return process.platform === 'linux'
      ? 'no graphics card was found that Vulkan can use: it needs the loader (libvulkan.so.1) and the driver of the card'
      : 'no graphics card was found that WebGPU can use';
  }
  if (provider === 'cuda' && /load (shared )?library/i.test(message)) {
    return `its library cannot be loaded: CUDA 12 and cuDNN 9 must be on the path of the loader (${said(message)})`;
  }
  return said(message);
}

/** The first line, without where in the runtime's source it was written. */
function said(message: string): string {
  const line = message.split('\n').find((each) => each.trim() !== '') ?? 'no reason was given';
  const plain = line
    .trim()
    .replace(/^\S+\.(cc|cpp|h):\d+ (?:[\w:<>~*& ]+\([^)]*\) )?/, '')
    .replace(/[.\s]+$/, '');
  return plain.length > LONGEST_REASON ? `${plain.slice(0, LONGEST_REASON)}…` : plain;
}
