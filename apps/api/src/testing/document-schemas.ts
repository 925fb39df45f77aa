import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { OpenApiDocument } from '../openapi/document.ts';

/** Problems of a value with the schema that stands at `path` in the document; none where it is valid. */
export type SchemaCheck = (path: string[], value: unknown) => string[];

const ID = 'http://localhost/openapi.json';

/** Validates by JSON Schema 2020-12, as OpenAPI 3.1 says; what is no schema in the document is passed over. */
export function createSchemaCheck(document: OpenApiDocument): SchemaCheck {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ $id: ID, ...document });
  const known = new Map<string, ValidateFunction>();
  return (path, value) => {
    const pointer = path.map((part) => `/${encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))}`);
    const $ref = `${ID}#${pointer.join('')}`;
    const validate = known.get($ref) ?? ajv.compile({ $ref });
    known.set($ref, validate);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message, params }) =>
      [instancePath, message, JSON.stringify(params)].join(' '),
    );
  };
}

type Node = Record<string, unknown>;

/** What stands at `path`, and where that is after following its reference. */
export function lookUp(document: OpenApiDocument, path: string[]): { path: string[]; value: Node } | undefined {
  const value = path.reduce<unknown>((node, part) => (node as Node | undefined)?.[part], document);
  if (typeof value !== 'object' || value === null) return undefined;
  if (!('$ref' in value)) return { path, value: value as Node };
  return lookUp(document, String(value.$ref).slice('#/'.length).split('/'));
}
