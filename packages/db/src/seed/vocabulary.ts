import { base, Faker, FakerError } from '@faker-js/faker';
import { type Language, languages } from './languages.ts';
import { createRandomizer, createSampler, type Sampler, zipfWeights } from './random.ts';

/** The words of one language, prepared for draws on a Zipf curve. */
export interface Vocabulary {
  language: Language;
  words: string[];
  /** The same words with a capital, for the beginning of a sentence. */
  capitalised: string[];
  drawWord: Sampler;
  replies: string[];
  marks: NonNullable<Language['marks']>;
}

const ENGLISH_MARKS = { space: ' ', comma: ',', stop: '.', question: '?' };
const DRAWS = 500;

/** The same for every seed, so that a term has the same frequency in every data set. Takes about 0.1 s. */
export function createVocabularies(): Vocabulary[] {
  return languages.map(createVocabulary);
}

/** Emoji, most popular first. */
export function drawEmoji(): string[] {
  const faker = createFaker(languages[0] as Language);
  const popular = '😂 ❤️ 👍 🙏 😊 😍 🎉 😭 🔥 😅 🥰 👏 🤔 😉 💪 ✅ 🚀 😎 🇧🇷 👩‍💻 🤷🏽‍♀️ ☕'.split(' ');
  return [...new Set([...popular, ...draw(() => faker.internet.emoji())])];
}

/** Hosts for links. All of them are reserved or harmless. */
export function drawHosts(): string[] {
  const faker = createFaker(languages[0] as Language);
  return draw(() => `${faker.internet.domainWord()}.example`).slice(0, 200);
}

function createVocabulary(language: Language): Vocabulary {
  const faker = createFaker(language);
  const sources = [
    () => faker.word.noun(),
    () => faker.word.verb(),
    () => faker.word.adjective(),
    () => faker.word.adverb(),
    () => faker.color.human(),
    () => faker.commerce.product(),
    () => faker.location.city(),
    () => faker.person.firstName(),
    // Some locales return Latin filler text, which no one writes. Their words are not used.
    ...(/^(en|es|fr|de|pt|tr|el)$/.test(language.code) ? [] : [() => faker.lorem.word()]),
  ];
  const rounds = sources.map(draw);
  // Takes one of each source in turn, so that nouns, verbs and names are mixed along the curve.
  const mixed = Array.from({ length: DRAWS }, (_, round) => rounds.map((words) => words[round] ?? '')).flat();
  const words = [...new Set([...language.common.split(' '), ...mixed.flatMap((text) => text.split(/\s+/))])].filter(
    Boolean,
  );
  return {
    language,
    words,
    capitalised: words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)),
    drawWord: createSampler(zipfWeights(words.length)),
    replies: language.replies.split('|'),
    marks: language.marks ?? ENGLISH_MARKS,
  };
}

function createFaker({ locale }: Language): Faker {
  return new Faker({ locale: [locale, base], randomizer: createRandomizer(0, 'vocabulary') });
}

/** Up to DRAWS results of a locale. A locale that lacks the data returns none. */
function draw(source: () => string): string[] {
  try {
    return Array.from({ length: DRAWS }, source);
  } catch (error) {
    if (error instanceof FakerError) return [];
    throw error;
  }
}
