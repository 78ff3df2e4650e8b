// Adds ONNX Runtime's CUDA 12 provider, so that encoders and the analysis of vectors run on an NVIDIA card:
//
//   npm run setup:gpu
//
// It runs the installer that comes with onnxruntime-node, which downloads some hundred megabytes from NuGet. Nothing else is
// installed: the driver, CUDA 12 and cuDNN 9 have to be there.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ensureInstalled, root, run } from './setup.mjs';

const LIBRARIES = ['shared', 'cuda'].map((name) => `libonnxruntime_providers_${name}.so`);

if (process.platform !== 'linux' || process.arch !== 'x64') {
  console.error(
    `The CUDA provider of ONNX Runtime exists for Linux on x64; this is ${process.platform} on ${process.arch}.`,
  );
  process.exit(1);
}
ensureInstalled();
const folder = packageFolder();
const libraries = LIBRARIES.map((name) => join(folder, 'bin/napi-v6/linux/x64', name));
if (libraries.every((library) => existsSync(library))) {
  console.log('The CUDA provider is installed already.');
} else {
  run('The installer of ONNX Runtime', process.execPath, [join(folder, 'script/install.js')], {
    cwd: folder,
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'cuda12' },
  });
  const missing = libraries.filter((library) => !existsSync(library));
  if (missing.length > 0) {
    console.error(
      `The installer of ONNX Runtime ended without an error, and these are missing:\n${missing.join('\n')}`,
    );
    process.exit(1);
  }
}
console.log(`
Nobody has run Tidewatch with this provider yet: it is untested.

It needs an NVIDIA card with its driver, CUDA 12 and cuDNN 9 on the path of the loader (LD_LIBRARY_PATH, or ldconfig -p).
Encoders with "provider: auto" take it at their next start if it works and is faster than the processor. Which provider is
in use, and why each better one is not, is in the log ("a process is ready") and in GET /api/v1/encoders. An encoder
with "provider: cuda" fails, with the reason, where it does not work.

A card of another maker, or one without CUDA, needs nothing installed: the WebGPU provider is in the package and needs only
Vulkan, that is libvulkan.so.1 and the driver of the card.
`);

function packageFolder() {
  try {
    return dirname(createRequire(join(root, 'package.json')).resolve('onnxruntime-node/package.json'));
  } catch {
    console.error(
      'The optional package onnxruntime-node is not installed. Run: npm install --include=optional',
    );
    process.exit(1);
  }
}
