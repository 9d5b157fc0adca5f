import { defineConfig } from "vitest/config";

export default defineConfig({
  build: {
    target: "es2022",
    lib: { entry: "src/index.ts", formats: ["es"], fileName: () => "kodama.js" },
    sourcemap: true,
    // The declarations are there before.
    emptyOutDir: false,
    rolldownOptions: { output: { minify: true } },
  },
  test: { include: ["test/**/*.test.ts"], testTimeout: 30_000, hookTimeout: 60_000 },
});
