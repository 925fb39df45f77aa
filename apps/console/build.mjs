// `node apps/console/build.mjs`: bundles the page into dist/, as the API serves it: one script, one style sheet, one document.
import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = dirname(fileURLToPath(import.meta.url));

mkdirSync(join(folder, 'dist'), { recursive: true });
await build({
  absWorkingDir: folder,
  entryPoints: [
    { in: 'src/main.tsx', out: 'console' },
    { in: 'src/styles/console.css', out: 'console-style' },
  ],
  outdir: 'dist',
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['es2022', 'chrome112', 'firefox115', 'safari16.4'],
  legalComments: 'none',
  logLevel: 'warning',
});
for (const name of ['index.html', 'icon.svg']) copyFileSync(join(folder, 'src', name), join(folder, 'dist', name));
