import { loadEnv } from 'vite';
import { defineConfig } from 'vitest/config';

export default defineConfig(({ mode }) => {
  // `npm run dev` passes the hub's own paths on to this one. The Origin is that of the hub, as it would be from the built page.
  const hub = loadEnv(mode, '.', 'KODAMA_').KODAMA_HUB ?? 'http://localhost:8080';
  const proxy = { target: hub, changeOrigin: true, headers: { origin: hub } };

  return {
    // Every URL in the built page is relative, so that it works under whatever prefix the hub is mapped at.
    base: './',
    // kodama-client from its source: the page is built whether or not the client's own dist is there.
    resolve: { tsconfigPaths: true },
    server: { proxy: { '/api': proxy, '/ws': { ...proxy, ws: true } }, fs: { allow: ['.', '../../clients/js/src'] } },
    build: {
      target: 'es2022',
      // A LAN needs no preloading.
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      // What is bundled is MIT-licensed, and asks for its notice to go along.
      license: { fileName: 'assets/licenses.md' },
    },
    test: { include: ['test/**/*.test.ts'], testTimeout: 5000 },
  };
});
