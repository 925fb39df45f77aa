-- The part of a content that a search shows.
--
-- The segments know where in the folded content the match is. To find the place in the content itself, pieces of it are
-- skipped whose folded lengths add up to what is before the match. A text can be cut before a plain character that does
-- not follow a joiner (U+200D): then it folds to what its two parts fold to. Most pieces are not folded at all: to fold a
-- content of 1 MiB of Cyrillic takes 275 ms.

-- Characters that fold to one character and never join what is before them, as a bracket expression of a regular expression:
-- letters, ideographs, syllables, common punctuation and symbols, emoji. What is missing here only takes longer.
create function plain_characters() returns text
  language sql immutable parallel safe
  return '\u0001-\u007f\u00c0-\u02ff\u0370-\u0482\u048a-\u052f\u05d0-\u05ea\u0620-\u064a\u0671-\u06d3\u0904-\u0939'
    || '\u0e01-\u0e30\u10a0-\u10ff\u1100-\u1112\u1200-\u135a\u13a0-\u13f5\u1401-\u167f\u1e00-\u1eff\u1f00-\u1fff'
    || '\u2010-\u2027\u2030-\u205e\u20a0-\u20c0\u2190-\u2bff\u3001-\u3029\u3041-\u3096\u30a1-\u30fa\u3400-\u9fff'
    || '\ua000-\ua48c\uac00-\ud7a3\U0001f300-\U0001f3fa\U0001f400-\U0001faff\U00020000-\U0002a6df';

-- How many characters fold_text() would leave. Of plain and ignored characters it leaves the plain ones.
create function folded_length(value text) returns integer
  language sql immutable parallel safe
  begin atomic
    select case
      when value !~ ('[^' || plain_characters() || ']') then char_length(value)
      when value !~ ('[^' || ignored_characters() || plain_characters() || ']')
        then char_length(regexp_replace(value, '[' || ignored_characters() || ']+', '', 'g'))
      else char_length(fold_text(value))
    end;
  end;

-- The first `size` bytes of what follows the first `skipped` ones, up to where the text can be cut; or more, where it cannot.
create function text_piece(bytes bytea, skipped integer, size integer) returns text
  language plpgsql immutable parallel safe
  as $$
declare
  total constant integer := octet_length(bytes);
  cut_before constant text := '[' || plain_characters() || '](?!\u200d)'; -- in the reversed text
  stop integer;
  piece text;
  cut integer;
begin
  loop
    stop := least(skipped::bigint + size, total);
    while stop < total and get_byte(bytes, stop) & 192 = 128 loop
      stop := stop + 1; -- within a character
    end loop;
    piece := convert_from(substr(bytes, skipped + 1, stop - skipped), 'UTF8');
    if stop = total then
      return piece;
    end if;
    cut := regexp_instr(reverse(right(piece, 200)), cut_before);
    if cut > 0 and cut < char_length(piece) then
      return left(piece, -cut);
    end if;
    size := 4 * size;
  end loop;
end
$$;

-- The part of a content that holds the match at `folded_start` of the folded content, counted from 1, and at least 100
-- characters on either side of it. Of more than 30 combining marks in a row it has 30, so that it stays small: a normal
-- text has no more ("Stream-Safe Text Format", Unicode Standard Annex 15).
create function match_excerpt(content text, folded_start integer, folded_term_length integer) returns text
  language plpgsql immutable parallel safe
  as $$
declare
  context constant integer := 100;
  largest constant integer := 65536;
  bytes bytea;
  skipped integer := 0;
  -- Folded characters before the match, and as far as the excerpt goes, both counted from its beginning.
  before integer := folded_start - 1;
  needed integer;
  piece text;
  piece_length integer;
  excerpt text := '';
begin
  if folded_start <= 0 or char_length(content) <= 1000 then
    return left(content, 1000);
  end if;
  if octet_length(content) = char_length(content) then
    return substr(content, greatest(1, folded_start - context), 2 * context + folded_term_length + 200);
  end if;
  bytes := convert_to(content, 'UTF8');
  -- A piece has at most as many folded characters as bytes, so no piece but one that cannot be cut reaches the match.
  while before > 3 * context loop
    piece := text_piece(bytes, skipped, least(before - context, largest));
    piece_length := folded_length(piece);
    exit when piece_length > before;
    before := before - piece_length;
    skipped := skipped + octet_length(piece);
  end loop;
  needed := before + folded_term_length + 2 * context;
  while needed > 0 and skipped < octet_length(bytes) loop
    piece := text_piece(bytes, skipped, needed);
    needed := needed - folded_length(piece);
    skipped := skipped + octet_length(piece);
    excerpt := excerpt || piece;
  end loop;
  return regexp_replace(excerpt, '([' || ignored_characters() || ']{30})[' || ignored_characters() || ']+', '\1', 'g');
end
$$;
