-- Case, accents, width and invisible characters do not count in a search. fold_text() is the only definition of this: it folds
-- the segments, the contacts and every search term.

-- Characters that folding removes, as the inside of a bracket expression of a regular expression:
--   soft hyphen, zero-width spaces, byte order mark, direction marks. Not the joiners U+200C and U+200D: emoji and several
--   scripts are written with them;
--   combining marks of Latin, Greek and Cyrillic (U+0300 and on, their extensions, titlo and combining letters);
--   points and accents of Hebrew; vowel signs of Arabic. Not U+0653 to U+0655: madda and hamza make another letter.
-- Marks of other scripts are letters: Devanagari and Thai mean something else without them.
create function ignored_characters() returns text
  language sql immutable parallel safe
  return '\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff'
    || '\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u2de0-\u2dff\ua66f\ua674-\ua67d\ua69e\ua69f\ufe20-\ufe2f'
    || '\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\ufb1e'
    || '\u0610-\u061a\u064b-\u0652\u0656-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u08ca-\u08e1\u08e3-\u08ff';

-- Fullwidth and halfwidth characters (U+FF01 to U+FFEE, and the ideographic space) as those of the usual width. The two
-- voiced marks become combining marks, which the normalization joins to their letter.
create function fold_width(value text) returns text
  language sql immutable parallel safe
  return case when value ~ '[\u3000\uff01-\uffee]' then translate(
    value,
    '　！＂＃＄％＆＇（）＊＋，－．／０１２３４５６７８９：；＜＝＞？＠ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ［＼］＾＿｀'
      || 'ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ｛｜｝～｟｠｡｢｣､･'
      || 'ｦｧｨｩｪｫｬｭｮｯｰｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝ' || U&'\FF9E\FF9F\FFA0'
      || 'ﾡﾢﾣﾤﾥﾦﾧﾨﾩﾪﾫﾬﾭﾮﾯﾰﾱﾲﾳﾴﾵﾶﾷﾸﾹﾺﾻﾼﾽﾾￂￃￄￅￆￇￊￋￌￍￎￏￒￓￔￕￖￗￚￛￜ￠￡￢￣￤￥￦￨￩￪￫￬￭￮',
    ' !"#$%&''()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_`'
      || 'abcdefghijklmnopqrstuvwxyz{|}~⦅⦆。「」、・'
      || 'ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン' || U&'\3099\309A\3164'
      || 'ㄱㄲㄳㄴㄵㄶㄷㄸㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅃㅄㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ¢£¬¯¦¥₩│←↑→↓■○'
  ) else value end;

-- Characters that stand for themselves in every normal form whatever is beside them, and are not ignored: punctuation, letters
-- without marks of some scripts, ideographs, kana, Hangul syllables, emoji. A character that is missing here only takes longer.
create function stable_characters() returns text
  language sql immutable parallel safe
  return '\u0001-\u00ac\u00ae-\u00bf\u00d7\u00f7\u0391-\u03a1\u03a3-\u03a9\u03b1-\u03c9\u0410-\u0418\u041a-\u0438\u043a-\u044f'
    || '\u05d0-\u05ea\u0621\u0627-\u064a\u0660-\u066c\u0679-\u06bf\u06c1\u06c3-\u06d2\u0904-\u0928\u092a-\u0930\u0932-\u0933\u0935-\u0939'
    || '\u093e-\u094d\u0e01-\u0e3a\u0e3f-\u0e5b\u2010-\u2027\u2030-\u205e\u20a0-\u20c0\u2190-\u2199\u2200-\u2203\u2300-\u2328\u2600-\u27bf'
    || '\u3001-\u3029\u3041-\u3096\u309d-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\U0001f300-\U0001faff';

-- Characters that decompose into one letter and marks that are ignored, those marks, and ASCII.
create function marked_characters() returns text
  language sql immutable parallel safe
  return '\u0001-\u00ac\u00ae-\u024f\u0300-\u036f\u0386-\u03ff\u0400-\u045f\u048a-\u04ff\u1e00-\u1eff\u1f00-\u1f4d\u2010-\u2027';

-- Canonical decomposition, without the ignored characters, composed again; simple case folding (Unicode Standard 3.13), which is
-- lower(upper()) by the tables that are built into PostgreSQL; and the few letters whose stroke is not a combining mark.
-- Not strict, so that it is inlined. The first three cases are shortcuts to the same result. For 40 characters: ASCII
-- 0.4 µs, most other scripts 2, accented letters 7, any other text 14.
create function fold_text(value text) returns text
  language sql immutable parallel safe
  return case
    when octet_length(value) = char_length(value) then lower(value collate "C") collate "C"
    when value !~ ('[^' || stable_characters() || ']') then lower(upper(value collate "pg_c_utf8")) collate "C"
    when value !~ ('[^' || marked_characters() || ']') then translate(
      lower(upper(regexp_replace(normalize(value, nfd), '[\u0300-\u036f]+', '', 'g') collate "pg_c_utf8")),
      'øłđħŧ', 'oldht'
    ) collate "C"
    else translate(
      lower(upper(
        normalize(regexp_replace(normalize(fold_width(value), nfd), '[' || ignored_characters() || ']+', '', 'g'), nfc)
        collate "pg_c_utf8"
      )),
      'øłđħŧ', 'oldht'
    ) collate "C"
  end;

-- The digits of a text that is not ASCII. Digits of any script stand in Unicode in runs of ten, from 0 to 9: these are the
-- first of each run (general category Nd, Unicode 17).
create function digits_of_any_script(value text) returns text
  language sql immutable parallel safe
  begin atomic
    select regexp_replace(
      translate(value, string_agg(chr(zero + digit), '' order by zero, digit), string_agg(digit::text, '' order by zero, digit)),
      '[^0-9]', '', 'g'
    )
    from unnest(array[
      x'0660', x'06f0', x'07c0', x'0966', x'09e6', x'0a66', x'0ae6', x'0b66', x'0be6', x'0c66', x'0ce6', x'0d66', x'0de6',
      x'0e50', x'0ed0', x'0f20', x'1040', x'1090', x'17e0', x'1810', x'1946', x'19d0', x'1a80', x'1a90', x'1b50', x'1bb0',
      x'1c40', x'1c50', x'a620', x'a8d0', x'a900', x'a9d0', x'a9f0', x'aa50', x'abf0', x'ff10'
    ]::bit(16)[]::int[] || array[
      x'104a0', x'10d30', x'10d40', x'11066', x'110f0', x'11136', x'111d0', x'112f0', x'11450', x'114d0', x'11650', x'116c0',
      x'116d0', x'116da', x'11730', x'118e0', x'11950', x'11bf0', x'11c50', x'11d50', x'11da0', x'11de0', x'11f50', x'16130',
      x'16a60', x'16ac0', x'16b50', x'16d70', x'1ccf0', x'1d7ce', x'1d7d8', x'1d7e2', x'1d7ec', x'1d7f6', x'1e140', x'1e2f0',
      x'1e4f0', x'1e5f1', x'1e950', x'1fbf0'
    ]::bit(20)[]::int[]) as zero, generate_series(0, 9) as digit;
  end;

-- The digits of a phone number, as 0 to 9.
create function phone_digits(value text) returns text
  language sql immutable parallel safe
  return case
    when octet_length(value) = char_length(value) then regexp_replace(value, '[^0-9]', '', 'g')
    else digits_of_any_script(value)
  end;
