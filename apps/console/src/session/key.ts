import { signal } from '@preact/signals';

const STORED_AS = 'messaging-console-key';

/** The API key of this tab; empty where none was typed. It is forgotten when the tab is closed. */
export const apiKey = signal(sessionStorage.getItem(STORED_AS) ?? '');

/** Why a key is asked for; null while none is needed. */
export const keyWanted = signal<string | null>(null);

/** Uses a key from now on. */
export function useKey(key: string): void {
  sessionStorage.setItem(STORED_AS, key);
  apiKey.value = key;
  keyWanted.value = null;
}

/** Called for a response of 401. */
export function askForKey(): void {
  keyWanted.value =
    apiKey.value === '' ? 'This service needs an API key.' : 'This key is not accepted. Try another one.';
}
