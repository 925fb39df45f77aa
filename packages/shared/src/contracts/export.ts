import { z } from 'zod';
import { idParameter, wholeNumber } from './pagination.ts';
import { NO_ID } from './text.ts';

const after = wholeNumber(NO_ID)
  .pipe(z.int(NO_ID).min(0, NO_ID))
  .default(0)
  .describe(
    'Goes on after this id: that of the last line that you have, as `GET /api/contacts?externalId=` or `GET /api/messages` tell it',
  );

/** `GET /api/export/contacts` */
export const exportContactsQuery = z.strictObject({ after });

/** `GET /api/export/messages` */
export const exportMessagesQuery = z.strictObject({
  after,
  contactId: idParameter.optional().describe('Only of this contact'),
});
