import { resolve } from 'node:path';
import { defineConfig, type Plugin } from 'vite';
import { shapes } from './shapes.ts';

const MODULE = 'virtual:shapes';

/** The map as a module: read from us-atlas once, when the pages are built. */
function map(): Plugin {
  return {
    name: 'map',
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : null),
    load: (id) => (id === `\0${MODULE}` ? shapes() : null),
  };
}

/** What a page may do: run and draw what comes with it, ask its own server, listen to the hub. */
const POLICY = ["default-src 'none'", "script-src 'self'", "style-src 'self'", "font-src 'self'", "img-src 'self' data:",
  "connect-src 'self' ws: wss:", "base-uri 'none'", "form-action 'none'"].join('; ');

function policy(): Plugin {
  const attrs = { 'http-equiv': 'Content-Security-Policy', content: POLICY };
  return { name: 'policy', apply: 'build', transformIndexHtml: () => [{ tag: 'meta', attrs, injectTo: 'head-prepend' }] };
}

export default defineConfig({
  base: '/',
  plugins: [map(), policy()],
  build: {
    outDir: 'dist', emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false },
    rollupOptions: { input: { wall: resolve(import.meta.dirname, 'wall.html'), desk: resolve(import.meta.dirname, 'desk.html'),
      replay: resolve(import.meta.dirname, 'replay.html') } },
  },
});
