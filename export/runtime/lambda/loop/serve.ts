/** Takes invocations one after the other. */
import type { Handler } from '../handler.ts';
import type { RuntimeApi } from './runtime-api.ts';

/**
 * @param open loads the handler
 * @throws Error when it cannot be loaded, which Lambda was told, or the API is gone
 */
export async function serve(api: RuntimeApi, open: () => Promise<Handler>): Promise<never> {
  const handler = await open().catch(async (error: unknown) => {
    await api.fail(undefined, error);
    throw error;
  });
  for (;;) {
    const { requestId, event } = await api.next();
    let result: unknown;
    try {
      result = await handler(event);
    } catch (error) {
      await api.fail(requestId, error);
      continue;
    }
    await api.respond(requestId, result);
  }
}
