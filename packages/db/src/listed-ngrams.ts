import type { Queryable } from './pool.ts';
import { EVERY_NGRAM, MAX_CONTACT_NGRAMS, MAX_LISTED_CONTACTS } from './search/ngrams.ts';
import { many } from './sql.ts';

export type NgramsByContact = Map<number, Set<number>>;

/** Adds those n-grams of contacts that are not listed for them yet, and counts them. */
export async function addNgrams(db: Queryable, found: NgramsByContact): Promise<void> {
  const given = [...found].filter(([, ngrams]) => ngrams.size > 0);
  if (given.length === 0) return;
  await many(db, ADD, [given.map(([contactId]) => contactId), given.map(([, ngrams]) => `{${[...ngrams].join()}}`)]);
}

/** Forgets the n-grams of contacts with a pending change that were deleted. */
export async function forgetNgrams(db: Queryable): Promise<void> {
  await many(db, FORGET_DELETED);
}

/**
 * A contact that has every n-gram has no more to add; one that comes to have too many is given every one. `offset 0`
 * computes the arrays once.
 */
const ADD = `
  with known as materialized (
    select contact_id, array_concat(ngrams) as ngrams from contact_ngrams
    where contact_id = any($1::bigint[])
    group by contact_id
  ), added as (
    insert into contact_ngrams (contact_id, ngrams)
    select contact_id,
      case when known_count + cardinality(ngrams) > ${MAX_CONTACT_NGRAMS} then array[${EVERY_NGRAM}] else ngrams end
    from (
      select contact_id, coalesce(cardinality(known.ngrams), 0) as known_count,
        case
          when known.ngrams is null then given.ngrams
          else array(select unnest(given.ngrams) except select unnest(known.ngrams))
        end as ngrams
      from (
        select contact_id, ngrams::integer[] as ngrams
        from unnest($1::bigint[], $2::text[]) as given (contact_id, ngrams)
        offset 0
      ) given
      left join known using (contact_id)
      where known.ngrams is null or not ${EVERY_NGRAM} = any(known.ngrams)
      offset 0
    ) new
    where ngrams <> '{}'
    returning ngrams
  )
  insert into ngram_counts as known (ngram, contact_count)
  select ngram, count(*) from added cross join unnest(ngrams) as ngram group by ngram order by ngram
  on conflict (ngram) do update set contact_count = known.contact_count + excluded.contact_count`;

/**
 * A count is exact until it says that the n-gram is common. From then on it is not listed any more, so nobody knows how
 * many have it, and it stays common.
 */
const FORGET_DELETED = `
  with gone as (
    delete from contact_ngrams n
    where contact_id in (select contact_id from conversation_changes)
      and not exists (select from contacts where id = n.contact_id)
    returning ngrams
  )
  update ngram_counts known set contact_count = contact_count - lost.contacts
  from (select ngram, count(*) as contacts from gone cross join unnest(ngrams) as ngram group by ngram) lost
  where known.ngram = lost.ngram and contact_count <= ${MAX_LISTED_CONTACTS}`;
