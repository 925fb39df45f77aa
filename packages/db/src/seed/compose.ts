import { createSampler, type Random, zipfWeights } from './random.ts';
import { drawEmoji, drawHosts, type Vocabulary } from './vocabulary.ts';

/** Composes one message. */
export type ComposeText = (vocabulary: Vocabulary, random: Random) => string;

/** Creates a composer. Messages range from "ok" to several paragraphs, about 40 characters on average. */
export function createComposer(): ComposeText {
  const emoji = drawEmoji();
  const drawEmojiIndex = createSampler(zipfWeights(emoji.length, 1));
  const hosts = drawHosts();
  const withEmoji = (text: string, random: Random) => `${text} ${emoji[drawEmojiIndex(random)]}`;

  return (vocabulary, random) => {
    const kind = random();
    if (kind < 0.02) return emoji[drawEmojiIndex(random)] as string;
    if (kind < 0.22) return pick(vocabulary.replies, random);
    let text: string;
    if (kind < 0.78) text = composeNote(vocabulary, random);
    else if (kind < 0.96) text = composeSentences(vocabulary, random, 1 + between(random, 0, 2));
    else if (kind < 0.985) text = composeWithDetail(vocabulary, hosts, random);
    else if (kind < 0.99) text = composeList(vocabulary, random);
    else if (kind < 0.998) text = composeSentences(vocabulary, random, between(random, 3, 6));
    else text = composeParagraphs(vocabulary, random);
    return random() < 0.07 ? withEmoji(text, random) : text;
  };
}

/** A few words in the style of a phone message: mostly no capital, no full stop. */
function composeNote(vocabulary: Vocabulary, random: Random): string {
  const { words, capitalised, drawWord, marks } = vocabulary;
  const index = drawWord(random);
  let text = (random() < 0.5 ? capitalised : words)[index] as string;
  for (let left = between(random, 1, 7); left > 0; left--) text += marks.space + words[drawWord(random)];
  const end = random();
  if (end < 0.15) return text + marks.question;
  if (end < 0.2) return `${text}!`;
  return end < 0.3 ? `${text}...` : text;
}

function composeSentence({ words, capitalised, drawWord, marks }: Vocabulary, random: Random): string {
  let text = capitalised[drawWord(random)] as string;
  for (let left = between(random, 3, 13); left > 0; left--) {
    if (random() < 0.06) text += marks.comma;
    text += marks.space + words[drawWord(random)];
  }
  return text + (random() < 0.15 ? marks.question : marks.stop);
}

function composeSentences(vocabulary: Vocabulary, random: Random, count: number): string {
  let text = composeSentence(vocabulary, random);
  for (let left = count - 1; left > 0; left--) text += vocabulary.marks.space + composeSentence(vocabulary, random);
  return text;
}

function composeParagraphs(vocabulary: Vocabulary, random: Random): string {
  let text = composeSentences(vocabulary, random, between(random, 2, 6));
  for (let left = between(random, 1, 4); left > 0; left--) {
    text += `\n\n${composeSentences(vocabulary, random, between(random, 2, 7))}`;
  }
  return text;
}

function composeList(vocabulary: Vocabulary, random: Random): string {
  const bullet = pick(['- ', '* ', '\t', ''], random);
  let text = `${composeNote(vocabulary, random)}:`;
  for (let left = between(random, 2, 5); left > 0; left--) text += `\n${bullet}${composeNote(vocabulary, random)}`;
  return text;
}

/** A sentence with exact data: typical search terms, and characters that a search must not treat as a pattern. */
function composeWithDetail(vocabulary: Vocabulary, hosts: string[], random: Random): string {
  const { language, words, drawWord, marks } = vocabulary;
  const word = () => words[drawWord(random)] as string;
  const detail = pick(DETAILS, random)({ order: language.order, host: pick(hosts, random), word, random });
  const before = composeNote(vocabulary, random);
  return random() < 0.5
    ? `${before} ${detail}`
    : `${before} ${detail}${marks.comma} ${composeNote(vocabulary, random)}`;
}

interface DetailInput {
  order: string;
  host: string;
  word: () => string;
  random: Random;
}

const DETAILS: ((input: DetailInput) => string)[] = [
  ({ order, random }) => `${order} #${between(random, 100_000, 999_999)}`,
  ({ order, random }) => `${order} #${between(random, 100_000, 999_999)}`,
  ({ host, random }) => `https://www.${host}/p/${between(random, 1, 99_999)}?ref=chat&utm_source=app`,
  ({ host, word }) => `http://${host}/${word()}_${word()}`,
  ({ random }) => `${between(random, 5, 95)}% off`,
  ({ random }) => `$${between(random, 1, 4_000)}.${between(random, 10, 99)}`,
  ({ random }) => `${between(random, 1, 900)},${between(random, 10, 99)} €`,
  ({ random }) => `${between(random, 7, 22)}:${between(random, 10, 59)}`,
  ({ word, random }) => `${word()}_${word()}_v${between(random, 1, 9)}.pdf`,
  ({ word }) => `C:\\Users\\${word()}\\Desktop\\${word()}.docx`,
  ({ word }) => `"${word()} ${word()}"`,
  ({ word, host }) => `${word()}@${host}`,
  ({ word, random }) => `(${word()} & ${word()}) = ${between(random, 2, 500)} * 100%`,
];

function pick<Item>(items: Item[], random: Random): Item {
  return items[Math.floor(random() * items.length)] as Item;
}

/** A whole number from `min` to `max`, both included. */
function between(random: Random, min: number, max: number): number {
  return min + Math.floor(random() * (max - min + 1));
}
