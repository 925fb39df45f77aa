/**
 * Removes what does not count in a search, case and accents, exactly as the SQL function fold_text (0001_contacts.sql)
 * does: canonical decomposition without U+0300..U+036F, simple lower case, and a few letters with strokes.
 */
export function foldText(text: string): string {
  let folded = '';
  for (const character of text.normalize('NFD').replace(COMBINING_MARKS, '').normalize('NFC')) {
    folded += foldCharacter(character);
  }
  return folded;
}

/** Folded text, and for each of its UTF-16 units the range of the original that it stands for. */
export interface FoldedText {
  folded: string;
  starts: number[];
  ends: number[];
}

/** Folds a text and remembers where each folded unit came from, also where folding changes the length. */
export function foldWithOffsets(text: string): FoldedText {
  const result: FoldedText = { folded: '', starts: [], ends: [] };
  for (const { 0: cluster, index } of text.matchAll(CLUSTER)) {
    const folded = foldText(cluster);
    result.folded += folded;
    for (let unit = 0; unit < folded.length; unit++) {
      result.starts.push(index);
      result.ends.push(index + cluster.length);
    }
  }
  return result;
}

const COMBINING_MARKS = /[\u0300-\u036f]+/g;
/** Hangul syllables without a final consonant. */
const OPEN_SYLLABLES = String.fromCharCode(...Array.from({ length: 399 }, (_, index) => 0xac00 + 28 * index));
const MARKS = '[\u0300-\u036f]*';
/**
 * What normalization may join or reorder: a base with its marks, the parts of a Hangul syllable, and Kirat Rai vowels. Marks
 * between the parts do not keep them apart, because folding removes them.
 */
const CLUSTER = new RegExp(
  [
    `(?:[\u1100-\u1112]${MARKS}[\u1161-\u1175]|[${OPEN_SYLLABLES}])(?:${MARKS}[\u11a8-\u11c2])?\\p{M}*`,
    `[\u{16d63}\u{16d67}\u{16d69}](?:${MARKS}\u{16d67})+\\p{M}*`,
    '\\P{M}\\p{M}*',
    '\\p{M}+',
  ].join('|'),
  'gu',
);

const STROKED: Record<string, string> = { ς: 'σ', ø: 'o', ł: 'l', đ: 'd', ħ: 'h', ŧ: 't', ı: 'i' };

function foldCharacter(character: string): string {
  // One character at a time: JavaScript lowers a final Σ to ς and some characters to two, PostgreSQL's tables do not.
  const lower = character.toLowerCase();
  const single = [...lower].length === 1 ? lower : character;
  return STROKED[single] ?? single;
}
