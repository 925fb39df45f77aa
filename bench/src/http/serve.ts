import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';

/** The child's side of `startPeerProcess`: takes the settings, listens, sends the port, and ends with its parent. */
export async function serve<Settings>(createApp: (settings: Settings) => Express): Promise<void> {
  process.once('disconnect', () => process.exit());
  const [settings] = (await once(process, 'message')) as [Settings];
  const server = createApp(settings).listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.send?.((server.address() as AddressInfo).port);
}
