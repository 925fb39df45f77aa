// `node generate.mjs`, after a build, writes src/schema.ts. It is beside the package's sources because it reads the API, which
// the client itself does not know.
import { writeFile } from 'node:fs/promises';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { createOpenApiDocument } from '@messaging/api/openapi';
import openapiTypescript, { astToString } from 'openapi-typescript';

/** The text of `src/schema.ts`: the types of everything in the API description. */
export async function generateTypes() {
  const document = JSON.parse(JSON.stringify(createOpenApiDocument()));
  return `// Generated from the API description by \`pnpm --filter @messaging/client generate\`.\n\n${astToString(await openapiTypescript(document))}`;
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(new URL('src/schema.ts', import.meta.url), await generateTypes());
}
