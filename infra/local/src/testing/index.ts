export { startTestServices, type TestServices } from './test-services.ts';
