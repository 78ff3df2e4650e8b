import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import type { Provider } from './provider-report.js';

const NVIDIA_CARDS = '/proc/driver/nvidia/gpus';
const OWN_LIBRARIES = '/proc/self/maps';
/** Drivers of Vulkan, by the libraries that a process has loaded when one is in use. */
const VULKAN_DRIVERS: readonly (readonly [RegExp, string])[] = [
  [/libvk_swiftshader/, 'SwiftShader (software, no card)'],
  [/libvulkan_lvp/, 'llvmpipe (software, no card)'],
  [/libvulkan_radeon|amdvlk/, 'an AMD card'],
  [/libvulkan_intel/, 'an Intel card'],
];

/** The name of what a provider runs on, as far as the system tells: ONNX Runtime does not. */
export function deviceName(provider: Provider): string {
  switch (provider) {
    case 'cpu': {
      const model = cpus()[0]?.model.trim();
      return `${model === undefined || model === '' ? process.arch : model}, ${availableParallelism()} threads`;
    }
    case 'cuda':
      return nvidiaCards() ?? 'an NVIDIA card';
    case 'webgpu':
      return vulkanDevice();
  }
}

function vulkanDevice(): string {
  const libraries = existsSync(OWN_LIBRARIES) ? readFileSync(OWN_LIBRARIES, 'utf8') : '';
  const found = VULKAN_DRIVERS.filter(([pattern]) => pattern.test(libraries)).map(([, name]) => name);
  if (/libnvidia-|libGLX_nvidia/.test(libraries)) {
    found.unshift(nvidiaCards() ?? 'an NVIDIA card');
  }
  // Several drivers may be loaded, of which one is used.
  return found.length === 0 ? 'a graphics card' : found.join(' or ');
}

function nvidiaCards(): string | null {
  if (!existsSync(NVIDIA_CARDS)) {
    return null;
  }
  const names = readdirSync(NVIDIA_CARDS).flatMap((card) => {
    const file = join(NVIDIA_CARDS, card, 'information');
    const model = existsSync(file) ? /^Model:\s*(.+)$/m.exec(readFileSync(file, 'utf8')) : null;
    return model?.[1] === undefined ? [] : [model[1].trim()];
  });
  return names.length === 0 ? null : [...new Set(names)].join(', ');
}
