import preact from '@preact/preset-vite';
import { defineConfig } from 'vite';

/**
 * Builds the console to static files in `dist/console`. Every address in the output is relative, so the page also
 * works behind a proxy that serves it under a path. Nothing is inlined as a data URI: a content security policy of
 * `default-src 'self'` is enough.
 */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [preact({ reactAliasesEnabled: false })],
  build: {
    outDir: '../../dist/console',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
