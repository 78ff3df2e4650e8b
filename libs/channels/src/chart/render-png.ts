/**
 * Renders an SVG document as PNG, at twice its size for screens with fine pixels. Text is drawn in the first of its fonts that
 * the system has.
 */
export async function renderPng(svg: string): Promise<Uint8Array> {
  // Loaded with the first chart: a process that delivers nothing needs no image library.
  const { default: sharp } = await import('sharp');
  const png = await sharp(Buffer.from(svg), { density: 144 })
    .png({ palette: true, compressionLevel: 9 })
    .toBuffer();
  return new Uint8Array(png);
}
