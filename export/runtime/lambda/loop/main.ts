/** What `bootstrap` starts: the bundle as a custom runtime of Lambda. Lambda ends the process. */
import { RuntimeApi } from './runtime-api.ts';
import { serve } from './serve.ts';

const api = new RuntimeApi(process.env['AWS_LAMBDA_RUNTIME_API'] ?? '');
await serve(api, async () => (await import('../main.ts')).handler);
