import type { OpenApiDocument } from '../src/openapi/document.ts';
import { createSchemaCheck, lookUp } from '../src/testing/document-schemas.ts';

/** An answer as it came. */
export interface RawAnswer {
  status: number;
  headers: Headers;
  text: string;
}

/** What every answer may have besides the headers of the document: those of HTTP itself, and those for browsers. */
const PLAIN = new Set(
  `date connection keep-alive content-type content-length transfer-encoding vary cache-control
   content-security-policy strict-transport-security x-content-type-options x-frame-options
   cross-origin-resource-policy`.split(/\s+/),
);
/** What the document's `default` stands for; any other status must be declared. */
const REFUSALS = new Set([400, 405, 408, 414, 431]);

/** Tells what is not as the document says in an answer to the operation at `method` and `path`. */
export function createAnswerCheck(document: OpenApiDocument) {
  const check = createSchemaCheck(document);

  function checkHeaders(path: string[], declared: Record<string, object>, headers: Headers): string[] {
    const promised = Object.keys(declared).flatMap((name) => {
      const header = lookUp(document, [...path, 'headers', name]);
      const value = headers.get(name);
      if (value === null) return header?.value.required ? [`the header ${name} is missing`] : [];
      const { type } = (header?.value.schema ?? {}) as { type?: string };
      const problems = check([...(header?.path ?? []), 'schema'], type === 'integer' ? Number(value) : value);
      return problems.map((problem) => `header ${name}: ${problem}`);
    });
    const names = new Set(Object.keys(declared).map((name) => name.toLowerCase()));
    const extra = [...headers.keys()].filter((name) => !names.has(name) && !PLAIN.has(name));
    return [...promised, ...extra.map((name) => `the header ${name} is not declared`)];
  }

  function checkBody(path: string[], content: Record<string, object>, { headers, text }: RawAnswer): string[] {
    const [type] = (headers.get('content-type') ?? '').split(';');
    if (Object.keys(content).length === 0) return text === '' ? [] : ['there is a body'];
    if (!type || !(type in content)) return [`the media type ${type} is not declared`];
    return check([...path, 'content', type, 'schema'], /[/+]json$/.test(type) ? JSON.parse(text) : text);
  }

  return (method: string, path: string, answer: RawAnswer): string[] => {
    const { responses } = (document.paths[path]?.[method] ?? {}) as { responses?: Record<string, object> };
    const status = String(answer.status);
    const key = responses && status in responses ? status : REFUSALS.has(answer.status) ? 'default' : undefined;
    const found = key && lookUp(document, ['paths', path, method, 'responses', key]);
    if (!found) return [`the status ${status} is not declared`];
    const { headers = {}, content = {} } = found.value as Record<string, Record<string, object>>;
    return [...checkHeaders(found.path, headers, answer.headers), ...checkBody(found.path, content, answer)];
  };
}
