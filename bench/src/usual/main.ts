import { serve } from '../http/serve.ts';
import { createUsualApp } from './app.ts';

await serve(createUsualApp);
