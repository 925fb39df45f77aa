-- The part of a content that holds the first match of a folded term, so that a page of long messages stays small.
-- Folding can change the length of a text: the guess moves until what lies before it folds to what lies before the match.
create function match_excerpt(content text, folded_term text) returns text
  language plpgsql immutable parallel safe
  as $$
declare
  folded_start integer := strpos(fold_text(content), folded_term);
  start integer := folded_start;
  drift integer;
begin
  if char_length(content) <= 1000 or folded_start = 0 then
    return left(content, 1000);
  end if;
  for attempt in 1..20 loop
    drift := folded_start - 1 - char_length(fold_text(left(content, start - 1)));
    exit when drift = 0;
    start := greatest(1, start + drift);
  end loop;
  return substr(content, greatest(1, start - 100), 1000);
end
$$;
