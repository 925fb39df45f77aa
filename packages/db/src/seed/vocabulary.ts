import { base, Faker, FakerError } from '@faker-js/faker';
import { type Language, languages } from './languages.ts';
import { createRandomizer, createSampler, type Sampler, zipfWeights } from './random.ts';

/** One language's words, ready to be drawn on a Zipf curve. */
export interface Vocabulary {
  language: Language;
  words: string[];
  /** The same words as they begin a sentence. */
  capitalised: string[];
  drawWord: Sampler;
  replies: string[];
  marks: NonNullable<Language['marks']>;
}

const ENGLISH_MARKS = { space: ' ', comma: ',', stop: '.', question: '?' };
const DRAWS = 500;

/** The same for every seed, so that terms mean the same in every data set. Takes about 0.1 s. */
export function createVocabularies(): Vocabulary[] {
  return languages.map(createVocabulary);
}

/** Emoji, the most popular first. */
export function drawEmoji(): string[] {
  const faker = createFaker(languages[0] as Language);
  const popular = '😂 ❤️ 👍 🙏 😊 😍 🎉 😭 🔥 😅 🥰 👏 🤔 😉 💪 ✅ 🚀 😎 🇧🇷 👩‍💻 🤷🏽‍♀️ ☕'.split(' ');
  return [...new Set([...popular, ...draw(() => faker.internet.emoji())])];
}

/** Hosts for links; all of them are reserved or harmless. */
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
    // Latin filler is no language that anyone writes; elsewhere these are words.
    ...(/^(en|es|fr|de|pt|tr|el)$/.test(language.code) ? [] : [() => faker.lorem.word()]),
  ];
  const rounds = sources.map(draw);
  // One of each source in turn: nouns, verbs and names mix all along the curve.
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

/** Up to DRAWS results of what a locale has; a locale that lacks the data gives none. */
function draw(source: () => string): string[] {
  try {
    return Array.from({ length: DRAWS }, source);
  } catch (error) {
    if (error instanceof FakerError) return [];
    throw error;
  }
}
