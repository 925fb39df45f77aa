export { eventually } from './eventually.ts';
export { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';
export { createTestLogger } from './test-logger.ts';
