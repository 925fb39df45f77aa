import express from 'express';
import { serve } from '../http/serve.ts';

/** A bare Express server that returns fixed bytes for each path. */
export interface FloorSettings {
  bodies: Record<string, string>;
}

await serve<FloorSettings>(({ bodies }) => {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  for (const [path, body] of Object.entries(bodies)) {
    app.get(path, (_req, res) => {
      res.type('application/json').send(body);
    });
  }
  return app;
});
