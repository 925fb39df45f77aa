/** Folded text, and for each of its UTF-16 units the range of the original that it stands for. */
export interface FoldedText {
  folded: string;
  starts: number[];
  ends: number[];
}

/**
 * Folds a text and records the original range of each folded unit, also where folding changes the length. Only used to
 * mark matches that PostgreSQL has found, because the two may have different Unicode versions.
 */
export function foldWithOffsets(text: string): FoldedText {
  const result: FoldedText = { folded: '', starts: [], ends: [] };
  for (let at = 0; at < text.length; ) {
    const cluster = clusterAt(text, at);
    const folded = cluster.length === 1 && isAscii(cluster) ? cluster.toLowerCase() : foldText(cluster);
    result.folded += folded;
    for (let unit = 0; unit < folded.length; unit++) {
      result.starts.push(at);
      result.ends.push(at + cluster.length);
    }
    at += cluster.length;
  }
  return result;
}

/**
 * Returns the part at `at` that is folded as a unit. Most text is ASCII followed by ASCII. That case is handled without
 * the expression, which would take twenty times as long.
 */
function clusterAt(text: string, at: number): string {
  if (text.charCodeAt(at) < 128 && !(text.charCodeAt(at + 1) >= 128)) return text[at] as string;
  CLUSTER.lastIndex = at;
  return CLUSTER.exec(text)?.[0] ?? (text[at] as string);
}

const isAscii = (character: string): boolean => character.charCodeAt(0) < 128;

/** Folds like the SQL function fold_text (0001_folding.sql), with the Unicode tables of Node.js. */
export function foldText(text: string): string {
  const plain = text.replace(WIDE, foldWidth).normalize('NFD').replace(IGNORED_CHARACTERS, '').normalize('NFC');
  let folded = '';
  for (const character of plain) folded += foldCharacter(character);
  return folded;
}

/** The same as ignored_characters() in SQL. */
const IGNORED =
  '\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff' +
  '\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u2de0-\u2dff\ua66f\ua674-\ua67d\ua69e\ua69f\ufe20-\ufe2f' +
  '\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\ufb1e' +
  '\u0610-\u061a\u064b-\u0652\u0656-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u08ca-\u08e1\u08e3-\u08ff';
const IGNORED_CHARACTERS = new RegExp(`[${IGNORED}]+`, 'g');

/** Hangul syllables without a final consonant. */
const OPEN_SYLLABLES = String.fromCharCode(...Array.from({ length: 399 }, (_, index) => 0xac00 + 28 * index));
/** Characters that extend the one before them: marks, ignored characters, halfwidth voiced marks. */
const FOLLOWING = `[\\p{M}\uff9e\uff9f${IGNORED}]*`;
/**
 * Characters that normalization may join or reorder: a base with its marks, the parts of a Hangul syllable, and Kirat
 * Rai vowels. Ignored characters between the parts do not separate them.
 */
const CLUSTER = new RegExp(
  [
    `(?:[\u1100-\u1112][${IGNORED}]*[\u1161-\u1175]|[${OPEN_SYLLABLES}])(?:[${IGNORED}]*[\u11a8-\u11c2])?${FOLLOWING}`,
    `[\u{16d63}\u{16d67}\u{16d69}](?:[${IGNORED}]*\u{16d67})+${FOLLOWING}`,
    `[^\\p{M}\uff9e\uff9f${IGNORED}]${FOLLOWING}`,
    `[\\p{M}\uff9e\uff9f${IGNORED}]+`,
  ].join('|'),
  'uy',
);

const WIDE = /[\u3000\uff01-\uffee]/g;

/**
 * A wide or narrow form becomes its normal form. Hangul letters are mapped one by one, because NFKC would join them.
 */
function foldWidth(character: string): string {
  const code = character.charCodeAt(0);
  if (code === 0xffa0) return '\u3164';
  if (code > 0xffa0 && code <= 0xffbe) return String.fromCharCode(code - 0xffa1 + 0x3131);
  if (code >= 0xffc2 && code <= 0xffdc) return HANGUL_VOWELS.get(code) ?? character;
  if (code === 0xffe3) return '\u00af';
  return character.normalize('NFKC');
}

/** Maps U+FFC2 to U+FFDC, in runs of six, to U+314F to U+3163. */
const HANGUL_VOWELS = new Map(
  Array.from({ length: 21 }, (_, n) => [0xffc2 + 8 * Math.floor(n / 6) + (n % 6), String.fromCharCode(0x314f + n)]),
);

const STROKED: Record<string, string> = { ø: 'o', ł: 'l', đ: 'd', ħ: 'h', ŧ: 't' };

/** Simple case folding: one character stays one. JavaScript would write two for some, such as SS for ß. */
function foldCharacter(character: string): string {
  const upper = single(character.toUpperCase()) ?? character;
  const lower = single(upper.toLowerCase()) ?? upper;
  return STROKED[lower] ?? lower;
}

const single = (text: string): string | undefined => ([...text].length === 1 ? text : undefined);
