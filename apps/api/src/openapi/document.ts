import { headers } from './answers.ts';
import { commandOperations } from './operations-commands.ts';
import { readOperations } from './operations-reads.ts';
import { serviceOperations } from './operations-service.ts';
import { headerParameters, parameterRef, toParameters } from './parameters.ts';
import { createProblemAnswers, problemRef } from './problem-answers.ts';
import { createSchemas } from './schemas.ts';
import type { Json, OperationDefinition } from './types.ts';

/** The description of the API as OpenAPI 3.1, made from the schemas that validate its requests. */
export function createOpenApiDocument(): OpenApiDocument {
  const paths: OpenApiDocument['paths'] = {};
  for (const definition of [...readOperations, ...commandOperations, ...serviceOperations]) {
    paths[definition.path] = { ...paths[definition.path], [definition.method]: toOperation(definition) };
  }
  return {
    openapi: '3.1.1',
    info: { title: 'Messaging backend', version: '1.0.0', description: INTRODUCTION, license: MIT },
    servers: [{ url: '.', description: 'Where this document comes from' }],
    tags: TAGS,
    paths,
    components: {
      schemas: createSchemas(),
      parameters: headerParameters,
      headers,
      responses: createProblemAnswers(),
      securitySchemes: SECURITY_SCHEMES,
    },
  };
}

/** As much of its type as our code looks at. */
export interface OpenApiDocument {
  openapi: string;
  paths: { [path: string]: { [method: string]: Json } };
  components: { [kind: string]: Json };
  [field: string]: unknown;
}

const INTRODUCTION = `Recent conversations, search, threads, contacts and writes.

A read sees every write that was committed before it began, unless its answer has \`Replica-Lag-Ms\`: that came from a
replica, which was so far behind. Ids are integers, times are ISO 8601 in UTC with microseconds.

Every error is \`application/problem+json\` with a stable \`code\`, and every answer has an \`X-Request-Id\`. A path that
serves \`GET\` serves \`HEAD\`; \`OPTIONS\` is answered 204 with \`Allow\`, any other method 405. A path that is not listed is
answered 404. Query parameters and fields that are not described are refused, and so is one that is given twice. URLs and bodies
are UTF-8.

Commands can be sent again with the same \`Idempotency-Key\` for 24 hours: they are done once, and get the same answer.`;

const MIT = { name: 'MIT', identifier: 'MIT' };

const TAGS = [
  { name: 'Reads', description: 'What there is, as of now' },
  { name: 'Exports', description: 'All of it, as lines that the imports read' },
  { name: 'Commands', description: 'The one door for writes; each is answered when it is committed' },
  { name: 'Service', description: 'For those who run it' },
];

const WHEN_NEEDED =
  'Needed where the service has keys (`API_KEYS`); without them it serves its own machine only, unless it was told to serve everyone. `read` is for reads, `write` for commands, `admin` for both and more.';

const SECURITY_SCHEMES = {
  bearer: { type: 'http', scheme: 'bearer', description: WHEN_NEEDED },
  apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: WHEN_NEEDED },
};

function toOperation(definition: OperationDefinition): Json {
  const { operationId, tag, summary, description, scope, body, isBodyOptional, answers, problems } = definition;
  const problemAnswers = Object.fromEntries(problems.map((status) => [status, problemRef(status)]));
  return {
    operationId,
    tags: [tag],
    summary,
    description: scope ? `${description} Needs the scope \`${scope}\`.` : description,
    parameters: toAllParameters(definition),
    ...(body ? { requestBody: { required: !isBodyOptional, content: body } } : {}),
    responses: { ...answers, ...problemAnswers, default: { $ref: '#/components/responses/Refused' } },
    security: scope ? [{ bearer: [scope] }, { apiKey: [scope] }] : [],
  };
}

function toAllParameters({
  pathParameters,
  queryParameters,
  headerParameters: names = [],
  isCommand,
}: OperationDefinition): Json[] {
  return [
    ...(pathParameters ? toParameters(pathParameters, 'path') : []),
    ...(queryParameters ? toParameters(queryParameters, 'query') : []),
    ...names.map(parameterRef),
    ...(isCommand ? [parameterRef('IdempotencyKey')] : []),
    parameterRef('RequestId'),
  ];
}
