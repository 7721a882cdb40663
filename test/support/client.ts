/** The HTTP calls that tests make, as a user's curl would. */

export interface Published {
  readonly status: number;
  /** The version, or the problem. */
  // oxlint-disable-next-line typescript/no-explicit-any -- an answer is looked at member by member
  readonly body: any;
}

/** `curl -T`: the raw module; with a configuration as a form. */
export async function publish(url: string, name: string, bytes: Uint8Array<ArrayBuffer>, config?: object): Promise<Published> {
  let body: BodyInit = bytes;
  if (config !== undefined) {
    const form = new FormData();
    form.set('module', new Blob([bytes]), 'module.wasm');
    form.set('config', JSON.stringify(config));
    body = form;
  }
  const answer = await fetch(`${url}/api/functions/${name}`, { method: 'PUT', body });
  return { status: answer.status, body: await answer.json() };
}

export interface Called {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON, undefined when it is empty. */
  // oxlint-disable-next-line typescript/no-explicit-any -- an answer is looked at member by member
  readonly json: any;
}

/** @param path what follows /fn/, query included */
export async function call(url: string, path: string, init?: RequestInit): Promise<Called> {
  const answer = await fetch(`${url}/fn/${path}`, init);
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, json: text === '' ? undefined : (JSON.parse(text) as unknown) };
}
