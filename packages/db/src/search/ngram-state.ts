/** With more pending changes than this it is not worth looking at all of their contacts. */
const MAX_PENDING = 4_000;

/** SQL: whether the index of n-grams, with the signatures, knows everything that is not pending. */
export const IS_BUILT = 'exists (select from ngram_progress where built_to is null)';

export const FEW_ARE_PENDING = `(
  (select count(*) from (select from conversation_changes limit ${MAX_PENDING} + 1) pending) <= ${MAX_PENDING}
)`;
