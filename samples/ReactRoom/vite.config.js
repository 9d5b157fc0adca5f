import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The client as this repository builds it. In a project of yours: npm install kodama-client.
const client = fileURLToPath(new URL("../../clients/js/dist/kodama.js", import.meta.url));

export default defineConfig({ plugins: [react()], resolve: { alias: { "kodama-client": client } } });
