import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// The development server hands every request for data to a running Ropewalk (or to dev/standin.mjs).
const backend = process.env["ROPEWALK_URL"] ?? "http://127.0.0.1:8399";

export default defineConfig({
    plugins: [react()],
    base: "/",
    server: { proxy: { "/api": backend, "/sign-in": backend } },
    build: {
        target: "es2022",
        sourcemap: false,
        modulePreload: { polyfill: false },
        assetsInlineLimit: 0,
        chunkSizeWarningLimit: 1200,
    },
    test: {
        environment: "jsdom",
        include: ["src/**/*.test.{ts,tsx}"],
        setupFiles: ["src/test-setup.ts"],
        restoreMocks: true,
    },
});
