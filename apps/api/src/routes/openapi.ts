import { Router } from 'express';
import { fixedAnswer } from './fixed-answer.ts';
import { createOpenApiDocument } from '../openapi/document.ts';
import { allowOnly } from '../middleware/problem.ts';

/** `GET /openapi.json`: the description of the API, built once. */
export function openApiRoutes(): Router {
  const answer = fixedAnswer('application/json', JSON.stringify(createOpenApiDocument()));
  const router = Router();
  router.route('/openapi.json').get(answer).all(allowOnly('GET', 'HEAD'));
  return router;
}
