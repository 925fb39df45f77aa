/**
 * Paths of the fields of `document` that `validate` never looked at: a validator made from a schema asks for every field
 * the schema has, so what it did not ask for is misspelt or misplaced. The Kubernetes schemas allow such fields, and
 * the API server drops them. @throws what `validate` throws
 */
export function listUnknownFields(document: object, validate: (watched: object) => void): string[] {
  const seen = new Set<string>();
  validate(watch(document, '', seen));
  return listPaths(document, '').filter((path) => !seen.has(path));
}

function watch<Value extends object>(value: Value, path: string, seen: Set<string>): Value {
  return new Proxy(value, {
    get(target, key, receiver) {
      const field: unknown = Reflect.get(target, key, receiver);
      if (typeof key !== 'string') return field;
      const fieldPath = `${path}/${key}`;
      seen.add(fieldPath);
      return typeof field === 'object' && field !== null ? watch(field, fieldPath, seen) : field;
    },
  });
}

function listPaths(value: unknown, path: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, field]) => [`${path}/${key}`, ...listPaths(field, `${path}/${key}`)]);
}
