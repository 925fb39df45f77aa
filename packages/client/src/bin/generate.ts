import { writeFile } from 'node:fs/promises';
import { generateTypes } from '../generate-types.ts';

await writeFile(new URL('../../src/schema.ts', import.meta.url), await generateTypes());
