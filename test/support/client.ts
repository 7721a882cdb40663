/** The HTTP calls that fault tests make, as a user's curl would; connections are kept and used again. */

export interface Outcome {
  readonly status: number;
  readonly text: string;
  /** `OK`, or the code of the problem. */
  readonly code: string;
  /** Of the problem; empty for `OK`. */
  readonly detail: string;
}

/** `curl -T`: the raw module; with a configuration as a form. */
export async function publish(url: string, name: string, bytes: Uint8Array<ArrayBuffer>, config?: object): Promise<Outcome> {
  let body: BodyInit = bytes;
  if (config !== undefined) {
    const form = new FormData();
    form.set('module', new Blob([bytes]), 'module.wasm');
    form.set('config', JSON.stringify(config));
    body = form;
  }
  return outcomeOf(await fetch(`${url}/api/functions/${name}`, { method: 'PUT', body }));
}

/** @param path what follows /fn/, query included */
export async function call(url: string, path: string): Promise<Outcome> {
  return outcomeOf(await fetch(`${url}/fn/${path}`));
}

async function outcomeOf(answer: Response): Promise<Outcome> {
  const { status } = answer;
  const text = await answer.text();
  if (answer.ok) return { status, text, code: 'OK', detail: '' };
  const { code, detail } = JSON.parse(text) as { code: string; detail: string };
  return { status, text, code, detail };
}
