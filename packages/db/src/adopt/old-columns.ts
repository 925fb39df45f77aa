import pg from 'pg';
import type { Queryable } from '../connection/pool.ts';
import { many } from '../connection/sql.ts';

/** A column of an old table. */
export interface Column {
  name: string;
  /** As PostgreSQL writes it, without a length: `character varying`. */
  type: string;
}

interface Kind {
  isRequired: boolean;
  describeProblem: (column: Column) => string | undefined;
}

const TEXTS = ['text', 'character varying', 'character', 'citext', 'name'];
const text: Kind = {
  isRequired: true,
  describeProblem: ({ name, type }) =>
    TEXTS.includes(type) ? undefined : `${name} is of type ${type}, and must be a text.`,
};
const id: Kind = {
  isRequired: true,
  describeProblem: ({ name, type }) =>
    ['smallint', 'integer', 'bigint'].includes(type)
      ? undefined
      : `${name} is of type ${type}; ids of the service are whole numbers. Bring such data in through db:import, with its ids as externalId.`,
};
const time: Kind = {
  isRequired: true,
  describeProblem: ({ name, type }) =>
    isTime(type) ? undefined : `${name} is of type ${type}, and must be a timestamp with or without time zone.`,
};

/** What is taken over. Other columns stay in the old tables, which are kept. */
export const OLD_COLUMNS: Record<'contacts' | 'messages', Record<string, Kind>> = {
  contacts: {
    id,
    name: text,
    phone_number: text,
    created_at: { ...time, isRequired: false },
    updated_at: { ...time, isRequired: false },
  },
  messages: { id, contact_id: id, content: text, created_at: time },
};

export const isTime = (type: string): boolean => type.startsWith('timestamp');

/** The columns of a table, by name. */
export async function listColumns(db: Queryable, table: string): Promise<Map<string, Column>> {
  const columns = await many<Column & { [column: string]: unknown }>(
    db,
    `select attname as name, atttypid::regtype::text as type
     from pg_attribute where attrelid = to_regclass($1::text) and attnum > 0 and not attisdropped order by attnum`,
    [table],
  );
  return new Map(columns.map((column) => [column.name, column]));
}

/** A time column as an expression of type `timestamptz`; null if there is none. */
export function timeOf(column: Column | undefined, timeZone = 'UTC'): string {
  if (column === undefined) return 'null::timestamptz';
  return column.type.endsWith('with time zone')
    ? column.name
    : `${column.name} at time zone ${pg.escapeLiteral(timeZone)}`;
}

/** True for a time that the service can store. */
export const isInRange = (expression: string): string =>
  `(${expression} >= '1970-01-01 00:00:00+00' and ${expression} < '10000-01-01 00:00:00+00')`;
