/** The text of `src/schema.ts`. */
export function generateTypes(): Promise<string>;
