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

export default defineConfig({
  base: '/',
  plugins: [map()],
  build: {
    outDir: 'dist', emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false },
    rollupOptions: { input: { wall: resolve(import.meta.dirname, 'wall.html'), desk: resolve(import.meta.dirname, 'desk.html') } },
  },
});
