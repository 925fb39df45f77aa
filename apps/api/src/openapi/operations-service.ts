import { emptyAnswer, headerRefs, jsonAnswer } from './answers.ts';
import type { OperationDefinition } from './types.ts';

const METRICS = `# HELP messaging_database_up 1 when the database answered
# TYPE messaging_database_up gauge
messaging_database_up 1
`;

/** What stands beside the API, for those who run and explore it. */
export const serviceOperations: OperationDefinition[] = [
  {
    method: 'get',
    path: '/livez',
    operationId: 'getLiveness',
    tag: 'Service',
    summary: 'Whether the process is alive',
    description: 'Asks nothing else: restart the process when it does not answer.',
    answers: { 200: jsonAnswer('It is alive', 'Health', { health: { status: 'ok' } }) },
    problems: [],
  },
  {
    method: 'get',
    path: '/readyz',
    operationId: 'getReadiness',
    tag: 'Service',
    summary: 'Whether requests can be served',
    description: 'Asks the database. 503 while it cannot be reached, lacks migrations, or the process is closing.',
    answers: { 200: jsonAnswer('It is ready', 'Health', { health: { status: 'ok' } }) },
    problems: [503],
  },
  {
    method: 'get',
    path: '/metrics',
    operationId: 'getMetrics',
    tag: 'Service',
    summary: 'What the process counts, for Prometheus',
    description:
      "In Prometheus' text format, also while the database is away. It tells nothing of contacts or messages.",
    scope: 'read',
    answers: {
      200: {
        description: 'The metrics of this process',
        headers: headerRefs(),
        content: { 'text/plain': { schema: { type: 'string' }, example: METRICS } },
      },
    },
    problems: [401, 403, 429],
  },
  {
    method: 'get',
    path: '/openapi.json',
    operationId: 'getOpenApi',
    tag: 'Service',
    summary: 'This document',
    description: 'Made from the schemas that validate the requests. `/docs` shows it to people.',
    answers: {
      200: {
        description: 'The document',
        headers: headerRefs('ETag', 'Cache-Control'),
        content: { 'application/json': { schema: { type: 'object' }, example: { openapi: '3.1.1' } } },
      },
      304: emptyAnswer('It is still the one that `If-None-Match` names', ['ETag', 'Cache-Control']),
    },
    problems: [403],
  },
];
