import express, { type Express, type Request, type RequestHandler } from 'express';
import type { AccessConfig } from './access/access-env.ts';
import type { Access } from './access/authenticate.ts';
import { requireLocalHost } from './access/local-hosts.ts';
import { limitBodyTime } from './middleware/body-time.ts';
import { allowOrigins } from './middleware/cors.ts';
import { lastResort, problemHandler, unknownRoute } from './middleware/problem.ts';
import { limitRequestLine } from './middleware/request-limits.ts';
import { type RequestLogDeps, requestLog } from './middleware/request-log.ts';
import { securityHeaders } from './middleware/security-headers.ts';
import { traceRequests } from './middleware/trace-requests.ts';
import { type ChangesDeps, changesRoutes } from './routes/changes.ts';
import { type CommandsDeps, commandRoutes } from './routes/commands.ts';
import { consoleRoutes } from './routes/console.ts';
import { type ContactsDeps, contactRoutes } from './routes/contacts.ts';
import { type ConversationsDeps, conversationRoutes } from './routes/conversations.ts';
import { docsRoutes } from './routes/docs.ts';
import { type ExportsDeps, exportRoutes } from './routes/exports.ts';
import { type HealthDeps, healthRoutes } from './routes/health.ts';
import { type ImportsDeps, importRoutes } from './routes/imports.ts';
import { type MessagesDeps, messageRoutes } from './routes/messages.ts';
import { type MetricsDeps, metricsRoutes } from './routes/metrics.ts';
import { openApiRoutes } from './routes/openapi.ts';

/** What all parts of the application work with together: each declares what it needs itself. */
export type ApiDeps = RequestLogDeps &
  HealthDeps &
  MetricsDeps &
  ConversationsDeps &
  ContactsDeps &
  MessagesDeps &
  CommandsDeps &
  ImportsDeps &
  ExportsDeps &
  ChangesDeps & {
    /** Who may do what. */
    access: Access;
  };

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
    exportRoutes(deps),
    changesRoutes(deps),
  );
  app.use(openApiRoutes(), docsRoutes(), consoleRoutes());
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
