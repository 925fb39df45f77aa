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
/** What normalization may join or reorder: a base with its marks, and the parts of a Hangul syllable. */
const CLUSTER = /[\uac00-\ud7a3]?[\u1100-\u11ff]+\p{M}*|\P{M}\p{M}*|\p{M}+/gu;

const STROKED: Record<string, string> = { ς: 'σ', ø: 'o', ł: 'l', đ: 'd', ħ: 'h', ŧ: 't', ı: 'i' };

function foldCharacter(character: string): string {
  // One character at a time: JavaScript lowers a final Σ to ς and some characters to two, PostgreSQL's tables do not.
  const lower = character.toLowerCase();
  const single = [...lower].length === 1 ? lower : character;
  return STROKED[single] ?? single;
}
