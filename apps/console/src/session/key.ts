import { signal } from '@preact/signals';

const STORED_AS = 'messaging-console-key';

/** The API key of this tab; empty where none was typed. It is forgotten when the tab is closed. */
export const apiKey = signal(sessionStorage.getItem(STORED_AS) ?? '');

/** Why a key is asked for, and whether nothing can be read without another one; null while none is asked for. */
export const keyWanted = signal<{ reason: string; isNeeded: boolean } | null>(null);

/** Counts the keys that were typed: everything is read anew with each, also with the same one. */
export const keyVersion = signal(0);

/** Uses a key from now on. */
export function setKey(key: string): void {
  sessionStorage.setItem(STORED_AS, key);
  apiKey.value = key;
  keyWanted.value = null;
  keyVersion.value += 1;
}

/** Asks for another key. */
export function changeKey(): void {
  keyWanted.value = { reason: 'Everything is read with the new key from then on.', isNeeded: false };
}

/** Called for a response of 401. */
export function askForKey(): void {
  const isFirst = apiKey.value === '';
  const reason = isFirst ? 'This service needs an API key.' : 'This key is not accepted. Try another one.';
  keyWanted.value = { reason, isNeeded: true };
}
