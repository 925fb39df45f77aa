export { forgetOtherServers } from '../other-servers.ts';
export { startTestRedis, type TestRedis } from './containers.ts';
export { startTestServices } from './start-test-services.ts';
export { type StreamingReplica, startStreamingReplica } from './streaming-replica.ts';
export { startTestServer, type TestServer } from './test-server.ts';
export type { TestServices } from './test-services.ts';
