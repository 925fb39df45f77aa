import { createOpenApiDocument } from '@messaging/api/openapi';
import openapiTypescript, { astToString, type OpenAPI3 } from 'openapi-typescript';

/** The text of `schema.ts`: the types of everything in the API description. */
export async function generateTypes(): Promise<string> {
  const document = JSON.parse(JSON.stringify(createOpenApiDocument())) as OpenAPI3;
  return `// Generated from the API description by \`pnpm --filter @messaging/client generate\`.\n\n${astToString(await openapiTypescript(document))}`;
}
