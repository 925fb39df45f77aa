import { Router } from 'express';
import { allowOnly } from '../middleware/problem.ts';
import { createOpenApiDocument } from '../openapi/document.ts';
import { fixedAnswer } from './fixed-answer.ts';

/** `GET /openapi.json`: the description of the API, built once. */
export function openApiRoutes(): Router {
  const answer = fixedAnswer('application/json', JSON.stringify(createOpenApiDocument()));
  const router = Router();
  router.route('/openapi.json').get(answer).all(allowOnly('GET', 'HEAD'));
  return router;
}
