import { randomUUID } from 'node:crypto';
import type { Bench } from '../context.ts';
import { measureCommands } from '../http/load.ts';
import { interleave } from '../rounds.ts';
import { format, type Row } from '../row.ts';

const CONNECTIONS = 8;
const PATH = '/api/commands/send-message';

/** `send-message` over HTTP, with a new `Idempotency-Key` each and without. */
export async function benchIdempotent({ api, data, options }: Bench): Promise<Row[]> {
  let number = 0;
  const body = () => {
    number = (number + 7_919) % data.contacts; // a prime: contacts in scattered order
    return { contactId: number + 1, content: 'On my way.' };
  };
  const load = { connections: CONNECTIONS, seconds: options.roundSeconds };
  const withKey = () => ({ body: body(), headers: { 'idempotency-key': randomUUID() } });
  await measureCommands(api.origin, PATH, withKey, { ...load, seconds: 1 });
  const { keyed, plain } = await interleave(options.rounds, {
    keyed: () => measureCommands(api.origin, PATH, withKey, load),
    plain: () => measureCommands(api.origin, PATH, () => ({ body: body() }), load),
  });
  const bench = 'idempotent';
  const value = `${format(keyed.perSecond / plain.perSecond)} × without`;
  return [
    {
      bench,
      what: `send-message over HTTP with Idempotency-Key, ${CONNECTIONS} connections`,
      figure: keyed,
      value,
      checks: [],
    },
    { bench, what: 'send-message over HTTP without', figure: plain, checks: [] },
  ];
}
