import { z } from 'zod';

/** What `/livez` and `/readyz` answer when all is well. */
export const health = z.object({ status: z.literal('ok') });
