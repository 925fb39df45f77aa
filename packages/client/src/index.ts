export {
  createMessagingClient,
  type MessagingClient,
  type MessagingClientOptions,
  type Schemas,
  toImportBody,
} from './client.ts';
export { type FollowedChanges, type FollowOptions, followChanges } from './follow-changes.ts';
export { FollowError } from './read-events.ts';
export type { operations, paths } from './schema.ts';
