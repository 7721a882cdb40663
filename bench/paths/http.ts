/** Whether a server is there yet. */

/** @returns a probe that is true once the URL answers with a success */
export function answersHttp(url: string): () => Promise<boolean> {
  return async () => {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    await response.arrayBuffer();
    return response.ok;
  };
}
