import type { Pool } from '@messaging/db';
import type { Logger, Tracing } from '@messaging/shared';
import express, { type Express, type Request, type RequestHandler } from 'express';
import type { AccessConfig } from './access/access-env.ts';
import type { Access } from './access/authenticate.ts';
import type { BodyMemory } from './middleware/body-memory.ts';
import { limitBodyTime } from './middleware/body-time.ts';
import { allowOrigins } from './middleware/cors.ts';
import { requireLocalHost } from './access/local-hosts.ts';
import { limitRequestLine } from './middleware/request-limits.ts';
import { securityHeaders } from './middleware/security-headers.ts';
import type { ApiMetrics } from './metrics/api-metrics.ts';
import { lastResort, problemHandler, unknownRoute } from './middleware/problem.ts';
import type { Reads } from './replica/reads.ts';
import { requestLog } from './middleware/request-log.ts';
import { commandRoutes } from './routes/commands.ts';
import { contactRoutes } from './routes/contacts.ts';
import { conversationRoutes } from './routes/conversations.ts';
import { docsRoutes } from './routes/docs.ts';
import { healthRoutes } from './routes/health.ts';
import { importRoutes } from './routes/import-messages.ts';
import { messageRoutes } from './routes/messages.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { openApiRoutes } from './routes/openapi.ts';
import { traceRequests } from './middleware/trace-requests.ts';

/** What the routes work with. */
export interface ApiDeps {
  commandDb: Pool;
  /** Reads that may be made on a replica. Searches have connections of their own, so that a slow one holds up no page. */
  reads: Reads;
  /** A connection that is for looking whether the database answers, so that no load keeps probes waiting. */
  probes: Pool;
  /** Batches of imports. */
  importDb: Pool;
  /** What the bodies of all requests may hold together. */
  bodyMemory: BodyMemory;
  logger: Logger;
  metrics: ApiMetrics;
  /** Absent where nobody collects traces. */
  tracing: Tracing | undefined;
  /** Aborts when the service begins to close. */
  closing: AbortSignal;
  /** How long after that it still takes new requests. */
  drainDelayMs: number;
  /** Who may do what: a route beside `/api` asks for its scope with `access.requireScope`. */
  access: Access;
}

/** What is decided before a request comes to a route. */
export interface AppOptions extends Pick<AccessConfig, 'localOnly' | 'corsOrigins' | 'trustProxy'> {
  bodyTimeoutMs: number;
  /** Answers 429 to who sends too much. */
  rateLimit: RequestHandler | undefined;
  /** Pages that show the queue. */
  dashboard: RequestHandler | undefined;
}

/** Builds the Express application: middleware, routes, error handler, in order. Opens nothing. */
export function createApp(deps: ApiDeps, options: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag'); // lists change with every message: hashing each body would only cost
  compareOnlyEtags(app);
  app.set('trust proxy', options.trustProxy);
  app.use(requestLog(deps));
  if (deps.tracing) app.use(traceRequests(deps.tracing));
  app.use(securityHeaders());
  app.use(limitRequestLine, limitBodyTime(options.bodyTimeoutMs));
  app.use(healthRoutes(deps));
  if (options.localOnly) app.use(requireLocalHost);
  app.use(metricsRoutes(deps));
  if (options.dashboard) app.use(options.dashboard);
  if (options.corsOrigins.length > 0) app.use(allowOrigins(options.corsOrigins));
  guardApi(app, deps.access, options.rateLimit);
  app.use(
    '/api',
    conversationRoutes(deps),
    contactRoutes(deps),
    messageRoutes(deps),
    commandRoutes(deps),
    importRoutes(deps),
  );
  app.use(openApiRoutes(), docsRoutes());
  app.use(unknownRoute);
  app.use(problemHandler(deps), lastResort);
  return app;
}

/** `If-None-Match: *` matches anything: Express would answer 304 where there is no ETag that the client could know. */
function compareOnlyEtags(app: Express): void {
  Object.defineProperty(app.request, 'fresh', {
    get(this: Request): boolean {
      return this.res?.hasHeader('ETag') === true && Reflect.get(express.request, 'fresh', this);
    },
  });
}

/** Those who are refused count too, by their address: nobody tries keys without end. */
function guardApi(app: Express, access: Access, rateLimit: RequestHandler | undefined): void {
  if (rateLimit) app.use('/api', access.identify, rateLimit);
  if (access.needsKeys) app.use('/api', access.requireScopeOfMethod); // else a layer that each request would pay for
}
