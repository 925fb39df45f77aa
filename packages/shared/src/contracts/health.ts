import { z } from 'zod';

/** The response of `/livez` and `/readyz` if there is no problem. */
export const health = z.object({ status: z.literal('ok') });
