import type { RawInput } from '../raw-input.js';

/**
 * A copy of an input without what must not be kept of it; see `maskImage`. The image library is loaded when it is first needed:
 * a server that keeps no inputs never loads it.
 *
 * @throws AppError `encoder.not-maskable`: the input must then not be kept
 */
export async function maskInput(raw: RawInput, privacy: 'mask' | 'blur'): Promise<RawInput> {
  const { maskImage } = await import('./mask-image.js');
  return maskImage(raw, privacy);
}
