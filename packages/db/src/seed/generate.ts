import { base, en, Faker } from '@faker-js/faker';
import { createComposer } from './compose.ts';
import { languages } from './languages.ts';
import { createRandomizer, createSampler, drawNormal, type Random, type Sampler } from './random.ts';
import { DATA_END_US, DATA_SPAN_US, formatMicroseconds } from './times.ts';
import { createVocabularies } from './vocabulary.ts';

/** The size of a data set. Together with `seed` it determines every field of every row. */
export interface DataSetSize {
  contacts: number;
  messages: number;
  seed: number;
}

/** A contact as stored. Times are ISO text with microseconds. */
export interface ContactRow {
  id: number;
  externalId: string | null;
  name: string;
  phoneNumber: string;
  createdAt: string;
  updatedAt: string;
}

/** A message as stored. */
export interface MessageRow {
  id: number;
  contactId: number;
  content: string;
  createdAt: string;
  direction: 'inbound' | 'outbound';
}

/** Share of the contacts that never get a message. */
const SILENT_SHARE = 0.02;
/**
 * With this deviation a log-normal curve assigns 80 % of the messages to 20 % of the contacts. The busiest of 100,000
 * gets 0.3 %.
 */
const ACTIVITY_DEVIATION = 1.72;
/** In units of the mean. Without it a tenth of the contacts would have no message by chance. */
const LEAST_ACTIVITY = 0.1;

/** Contacts with the ids 1 to `contacts`, older than every message, in the order of their creation. */
export function* generateContacts({ contacts, seed }: DataSetSize): Generator<ContactRow> {
  const { languageOf } = createPeople(contacts, seed);
  const randomizer = createRandomizer(seed, 'contacts');
  const random: Random = () => randomizer.next();
  const fakers = languages.map(({ locale }) => new Faker({ locale: [locale, en, base], randomizer }));
  const firstUs = DATA_END_US - DATA_SPAN_US;
  for (let index = 0; index < contacts; index++) {
    // Some contacts have a name from another language than the one they write.
    const language = random() < 0.1 ? Math.floor(random() * languages.length) : (languageOf[index] as number);
    const phones = languages[language]?.phones ?? [];
    const createdUs = firstUs - DATA_SPAN_US + Math.floor(((index + random()) * DATA_SPAN_US) / contacts);
    const createdAt = formatMicroseconds(createdUs);
    const isUpdated = random() < 0.1;
    const id = index + 1;
    yield {
      id,
      // Every other contact came from another system.
      externalId: id % 2 === 0 ? `crm-${id}` : null,
      name: (fakers[language] as Faker).person.fullName(),
      phoneNumber: fillDigits(phones[Math.floor(random() * phones.length)] ?? '', random),
      createdAt,
      updatedAt: isUpdated ? formatMicroseconds(createdUs + Math.floor(random() * DATA_SPAN_US)) : createdAt,
    };
  }
}

/** Messages with the ids 1 to `messages` in time order. A few have the same time as the message before. */
export function* generateMessages({ contacts, messages, seed }: DataSetSize): Generator<MessageRow> {
  const { languageOf, drawContact } = createPeople(contacts, seed);
  const randomizer = createRandomizer(seed, 'messages');
  const directions = createRandomizer(seed, 'directions');
  const random: Random = () => randomizer.next();
  const vocabularies = createVocabularies();
  const compose = createComposer();
  const firstUs = DATA_END_US - DATA_SPAN_US;
  let createdAt = '';
  for (let index = 0; index < messages; index++) {
    const contact = drawContact(random);
    const writesEnglish = random() < 0.1;
    const vocabulary = vocabularies[writesEnglish ? 0 : (languageOf[contact] as number)];
    const createdUs = firstUs + Math.floor(((index + random()) * DATA_SPAN_US) / messages);
    if (index === 0 || random() >= 0.003) createdAt = formatMicroseconds(createdUs);
    if (!vocabulary) throw new Error('a contact has a language without a vocabulary');
    const direction = directions.next() < 0.5 ? 'inbound' : 'outbound';
    yield { id: index + 1, contactId: contact + 1, content: compose(vocabulary, random), createdAt, direction };
  }
}

/** Data that contacts and messages share: the language and the activity of each contact. */
function createPeople(contacts: number, seed: number): { languageOf: Uint8Array; drawContact: Sampler } {
  const randomizer = createRandomizer(seed, 'people');
  const random: Random = () => randomizer.next();
  const drawLanguage = createSampler(languages.map(({ share }) => share));
  const languageOf = new Uint8Array(contacts);
  const activity = new Float64Array(contacts);
  const mean = Math.exp(ACTIVITY_DEVIATION ** 2 / 2);
  for (let index = 0; index < contacts; index++) {
    languageOf[index] = drawLanguage(random);
    const drawn = Math.exp(ACTIVITY_DEVIATION * drawNormal(random)) / mean;
    // The first contact always writes, so that the smallest data set has an author.
    const isSilent = random() < SILENT_SHARE && index > 0;
    activity[index] = isSilent ? 0 : Math.max(drawn, LEAST_ACTIVITY);
  }
  return { languageOf, drawContact: createSampler(activity) };
}

/** `+1 (###) ###-####` with a digit for each `#`. */
function fillDigits(pattern: string, random: Random): string {
  let text = '';
  for (const symbol of pattern) text += symbol === '#' ? Math.floor(random() * 10) : symbol;
  return text;
}
