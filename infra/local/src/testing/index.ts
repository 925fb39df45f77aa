export { forgetOtherServers } from '../other-servers.ts';
export { testSettings } from '../postgres-settings.ts';
export { startTestRedis, type TestRedis } from './containers.ts';
export { startTestServices, type TestServices } from './test-services.ts';
