/**
 * For tests of faults on real processes. Each thing is closed by itself after the test that started it:
 *
 * - `createFaultDatabase()` clones the migrated template; `db` is a connection of the test's own. What is derived in it is
 *   compared with its messages at the end of the test (`expectConsistency`).
 * - `startOwnPostgres()` is a server of one's own that can be stopped (fast or immediately) and started again on its
 *   port, in either mode of the test services; `startStreamingReplica(server)` of @messaging/local/testing replicates it.
 * - `startApi(env)` and `startWorker(env)` run `dist/main.js` as a child with exactly these settings (npm test builds
 *   first), wait until it is ready unless `ready: false`, and keep its log lines. `kill()` is kill -9, `stop()` SIGTERM.
 * - `startProxy(port)` is a TCP proxy: `silence()` stops forwarding without closing anything, `silenceAfter()` later, until
 *   `hearAgain()`; `refuse()` closes and refuses, until `restore()`.
 * - `startRedis()` (where there are containers) is a Redis behind a proxy whose URL outlives it.
 * - `startTraceCollector()` takes traces over OTLP/HTTP and keeps their spans.
 *
 * A test waits with `eventually`, never by sleeping, and asserts no time but what an issue states.
 */
export { onCleanUp } from './clean-up.ts';
export { expectConsistency, indexAll } from './consistency.ts';
export { createFaultDatabase, type FaultDatabase, type Refresh } from './database.ts';
export { expectListToBeginWith } from './list.ts';
export { type OwnPostgres, startOwnPostgres } from './own-postgres.ts';
export { type Acknowledged, sendUntilStored } from './persistent-client.ts';
export { type Answer, type ChildProcess, findFreePort, post, startApi, startWorker } from './processes.ts';
export { startProxy } from './proxy.ts';
export { type OwnRedis, startRedis } from './redis.ts';
export { restoreInto } from './restore.ts';
export { type CollectedSpan, startTraceCollector, type TraceCollector } from './trace-collector.ts';
