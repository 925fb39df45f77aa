import { z } from 'zod';
import { id } from './text.ts';

/** Where and how a conversation matches the search. */
export const match = z.object({
  field: z.enum(['name', 'phoneNumber', 'message']),
  snippet: z.string().describe('The part of the field around the first match'),
  ranges: z.array(z.tuple([z.int().min(0), z.int().min(1)])).describe('UTF-16 offsets [start, end) into `snippet`'),
  messageId: id.nullable().describe('The newest matching message where `field` is `message`'),
});
export type Match = z.output<typeof match>;
