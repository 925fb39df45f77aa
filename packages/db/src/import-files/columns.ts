import { importedContact, importedMessage, nearestName } from '@messaging/shared';

const CONTACT_FIELDS = Object.keys(importedContact.shape);
const MESSAGE_FIELDS = Object.keys(importedMessage.shape);

export type FileKind = 'contacts' | 'messages';

/** The columns of a CSV file as fields of a line; null for one that is not read. */
export interface Columns {
  kind: FileKind;
  fields: (string | null)[];
}

/**
 * Reads the header of a CSV file. A column is named as a field is, or in snake case: `phoneNumber` or `phone_number`. A file
 * with `content` is one of messages. `ignored` are columns that are not read.
 * @throws Error that lists every column that is unknown, given twice or missing
 */
export function readHeader(header: string[], ignored: readonly string[] = []): Columns {
  const names = header.map((name) => name.trim());
  const kind = names.some((name) => toField(name) === 'content') ? 'messages' : 'contacts';
  const known = kind === 'messages' ? MESSAGE_FIELDS : CONTACT_FIELDS;
  const fields = names.map((name) => (ignored.includes(name) ? null : toField(name)));
  const problems = [
    ...fields.flatMap((field, index) =>
      field === null || known.includes(field) ? [] : [unknown(names[index] ?? '', known)],
    ),
    ...fields
      .filter((field, index) => field !== null && fields.indexOf(field) < index)
      .map((name) => `${name} is there twice`),
    ...missing(kind, fields),
  ];
  if (problems.length > 0) throw new Error(`The header of the file does not fit: ${problems.join('; ')}.`);
  return { kind, fields };
}

function unknown(name: string, known: string[]): string {
  const nearest = nearestName(name, known);
  return `"${name}" is not known; ${nearest ? `did you mean ${nearest}? Else ` : ''}leave it out with --ignore`;
}

function missing(kind: FileKind, fields: (string | null)[]): string[] {
  const required = kind === 'messages' ? ['content'] : ['name', 'phoneNumber'];
  const problems = required.filter((name) => !fields.includes(name)).map((name) => `${name} is missing`);
  const namesContact = ['contactId', 'contactExternalId'].some((name) => fields.includes(name));
  return kind === 'messages' && !namesContact ? [...problems, 'contactId or contactExternalId is missing'] : problems;
}

const toField = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
