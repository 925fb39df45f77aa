import { expect, test } from '@jest/globals';
import { PROBLEM_CODES } from '@messaging/shared';
import { Validator } from '@seriousme/openapi-schema-validator';
import { createSchemaCheck, lookUp } from '../testing/document-schemas.ts';
import { createOpenApiDocument } from './document.ts';

const document = createOpenApiDocument();
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

test('is a valid OpenAPI 3.1 document, whose references all lead somewhere', async () => {
  const validator = new Validator();
  expect(await validator.validate(structuredClone(document))).toEqual({ valid: true });
  expect(validator.version).toBe('3.1');
  for (const [, reference] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
    expect([reference, lookUp(document, String(reference).split('/'))]).not.toContain(undefined);
  }
});

test('has a component for every code of a problem', () => {
  const codes = Object.values(document.components.responses ?? {}).map((answer) => JSON.stringify(answer));
  for (const code of Object.keys(PROBLEM_CODES)) expect(codes.join('')).toContain(`{"const":"${code}"}`);
});

test('has an operation id, a summary, a description and a tag for each operation', () => {
  const ids = operations.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  const tags = (document.tags as { name: string }[]).map(({ name }) => name);
  for (const { operation } of operations) {
    expect(operation).toMatchObject({ summary: expect.any(String), description: expect.any(String) });
    expect(tags).toContain((operation.tags as string[])[0]);
  }
});

test('describes every parameter and header', () => {
  for (const { operation } of operations) {
    for (const parameter of operation.parameters as object[]) {
      if (!('$ref' in parameter)) expect(parameter).toMatchObject({ description: expect.stringMatching(/\w/) });
    }
  }
  for (const header of Object.values(document.components.headers ?? {})) {
    expect(header).toMatchObject({ description: expect.stringMatching(/\w/), schema: expect.anything() });
  }
});

test('gives examples that are as its schemas say', () => {
  const check = createSchemaCheck(document);
  let found = 0;
  const walk = (node: unknown, path: string[]): void => {
    if (typeof node !== 'object' || node === null) return;
    const { schema, example, examples } = node as { schema?: unknown; example?: unknown; examples?: object };
    if (schema) {
      const values = [...Object.values(examples ?? {}).map(({ value }) => value), example];
      for (const value of values.filter((one) => one !== undefined)) {
        expect([path.join(' '), check([...path, 'schema'], value)]).toEqual([path.join(' '), []]);
        found++;
      }
    }
    for (const [key, child] of Object.entries(node)) walk(child, [...path, key]);
  };
  walk(document, []);
  expect(found).toBeGreaterThan(40);
});
