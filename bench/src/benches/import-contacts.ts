import { atMost, format, type Row } from '../row.ts';

const CONTACTS = 100_000;

/**
 * `import-contacts` over HTTP: so many new contacts with external ids, and then the same lines again, which change nothing. Returns
 * the time of each in seconds.
 */
export async function benchContacts(origin: string): Promise<Row[]> {
  const line = (_: unknown, index: number) =>
    `${JSON.stringify({ externalId: `bench-${index}`, name: `Imported ${index}`, phoneNumber: `+1 555 ${index}` })}\n`;
  const body = Buffer.from(Array.from({ length: CONTACTS }, line).join(''));
  const createdS = await importContacts(origin, body, 'created');
  const unchangedS = await importContacts(origin, body, 'unchanged');
  const size = CONTACTS.toLocaleString('en-US');
  return [
    {
      bench: 'import',
      what: `${size} new contacts over HTTP: ${format(CONTACTS / createdS)} lines/s`,
      checks: [atMost(createdS, 15, 's')],
    },
    {
      bench: 'import',
      what: `the same contacts again, unchanged: ${format(CONTACTS / unchangedS)} lines/s`,
      checks: [atMost(unchangedS, 15, 's')],
    },
  ];
}

async function importContacts(
  origin: string,
  body: Buffer<ArrayBuffer>,
  outcome: 'created' | 'unchanged',
): Promise<number> {
  const startedMs = performance.now();
  const headers = { 'content-type': 'application/x-ndjson' };
  const response = await fetch(`${origin}/api/commands/import-contacts`, { method: 'POST', headers, body });
  const answer = (await response.json()) as Record<string, number>;
  if (answer[outcome] !== CONTACTS) throw new Error(`The import was answered with ${JSON.stringify(answer)}`);
  return (performance.now() - startedMs) / 1_000;
}
