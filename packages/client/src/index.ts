export {
  createMessagingClient,
  type MessagingClient,
  type MessagingClientOptions,
  type Schemas,
  toImportBody,
} from './client.ts';
export type { operations, paths } from './schema.ts';
