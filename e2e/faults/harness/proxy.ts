import { startTcpProxy, type TcpProxy } from '@messaging/shared/testing';
import { onCleanUp } from './clean-up.ts';

/** A TCP proxy that is closed after the test. */
export async function startProxy(port: number, host?: string): Promise<TcpProxy> {
  const proxy = await startTcpProxy(port, host);
  onCleanUp(proxy.close);
  return proxy;
}
