import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Every URL in the built page is relative, so that it works under whatever prefix the hub is mapped at.
  base: './',
  build: {
    target: 'es2022',
    // The hub's Content-Security-Policy has no inline scripts, and a LAN needs no preloading.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
  test: { include: ['test/**/*.test.ts'], testTimeout: 5000 },
});
