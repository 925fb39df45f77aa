import { readFileSync } from 'node:fs';

const README = new URL('../README.md', import.meta.url);

/** What the README's examples are answered from. */
export const demoData = { contacts: 2_000, messages: 100_000, seed: 1 };

/** Each curl command of the README with the answer that stands below it. */
export const readmeExamples = [
  ...readFileSync(README, 'utf8').matchAll(/```sh\n(curl .*)\n```\n```(json|ndjson)\n([\s\S]*?)\n```/g),
].map(([, command = '', kind, answer = '']) => ({
  command,
  answer: kind === 'ndjson' ? linesOf(answer) : JSON.parse(answer),
}));

/** Sends what the command says to the API at `url`, and returns the JSON it answers. */
export async function runExample(command: string, url: string): Promise<unknown> {
  const args = words(command);
  const valuesOf = (flag: string) => args.flatMap((arg, at) => (arg === flag ? [args[at + 1] ?? ''] : []));
  const target = String(args.find((arg) => arg.startsWith('http'))).replace('http://localhost:3000', url);
  const headers = valuesOf('-H').map((header) => header.split(': ') as [string, string]);
  const [method = 'GET'] = valuesOf('-X');
  const [body = null] = [...valuesOf('-d'), ...valuesOf('--data-binary')];
  const response = await fetch(target, { method, headers, body });
  const isLines = response.headers.get('content-type')?.startsWith('application/x-ndjson');
  return isLines ? linesOf(await response.text()) : response.json();
}

function linesOf(text: string): unknown[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** An answer as text. What is written now has the time of now. */
export const withoutTimesOfNow = (answer: unknown) =>
  JSON.stringify(answer, null, 2).replace(/"20(2[6-9]|[3-9]\d)-[^"]*Z"/g, '"now"');

/** The parts of a command line as a shell sees them; our examples quote with single quotes only. */
const words = (command: string) =>
  [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
