import { setTimeout as wait } from 'node:timers/promises';
import { type Answer, post } from './processes.ts';

const RETRY_MS = 20;

/** A message that a client was told is stored. */
export interface Acknowledged {
  key: string;
  id: number;
  wasReplayed: boolean;
}

/**
 * Sends a message as a client should that must not lose it: with an Idempotency-Key, and the same again after no answer,
 * 409 or 503, until it is stored. `urlOf` is asked anew for each attempt. @throws for any other answer
 */
export async function sendUntilStored(
  urlOf: () => string,
  { key, contactId }: { key: string; contactId: number },
  onRefused: (answer: Answer<unknown> | undefined) => void = () => {},
): Promise<Acknowledged> {
  for (;;) {
    const answer = await post<{ message: { id: number } }>(
      `${urlOf()}/api/commands/send-message`,
      { contactId, content: key },
      { 'idempotency-key': key },
    ).catch(() => undefined);
    if (answer?.status === 201) {
      const wasReplayed = answer.headers.get('idempotency-replayed') === 'true';
      return { key, id: answer.body.message.id, wasReplayed };
    }
    if (answer && ![409, 503].includes(answer.status)) {
      throw new Error(`send-message answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    }
    onRefused(answer);
    await wait(RETRY_MS);
  }
}
