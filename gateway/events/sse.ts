/** Events as they go over the line: text/event-stream (WHATWG HTML standard, section 9.2). Pure. */
import type { EventType, PlatformEvent } from '../../contracts/event.ts';
import { bareNameOf, defaultNamespace, namespaceOf, nameWithin } from '../../contracts/names.ts';
import type { StreamFormat } from './stream.ts';

/** What a stream tells. */
export interface EventFilter {
  /** Undefined: of every type. */
  readonly types: ReadonlySet<EventType> | undefined;
  /** Undefined: of all. What is about no function or schedule is told with the default one. */
  readonly namespace: string | undefined;
  /** Qualified name of the function that it is about; undefined: about anything. */
  readonly function: string | undefined;
}

/** An event, written once for all streams. */
export interface Entry {
  readonly id: bigint;
  /** `gap` stands for events that are not kept any more; every stream tells it. */
  readonly type: EventType | 'gap';
  readonly namespace: string;
  readonly function: string | undefined;
  readonly text: string;
}

/** Milliseconds after which a client whose connection is lost comes back. */
const retryMs = 1_000;

export function toEntry(event: PlatformEvent): Entry {
  const { function: about, schedule } = event.data as { readonly function?: string; readonly schedule?: string };
  const subject = about ?? schedule;
  const namespace = namespaceOf(subject ?? '');
  const named = {
    ...(about !== undefined && { function: bareNameOf(about) }),
    ...(schedule !== undefined && { schedule: nameWithin(namespace, schedule) }),
    ...(subject !== undefined && { namespace }),
  };
  return {
    id: BigInt(event.id),
    type: event.type,
    namespace,
    function: about,
    text: write({ ...event, data: { ...event.data, ...named } }),
  };
}

/** @param after what the client has seen @param until where it goes on */
export function gapEntry(after: bigint, until: bigint): Entry {
  return {
    id: until,
    type: 'gap',
    namespace: defaultNamespace,
    function: undefined,
    text: write({ id: `${until}`, type: 'gap', data: { after: `${after}` } }),
  };
}

export function matches({ types, namespace, function: about }: EventFilter, entry: Entry): boolean {
  if (entry.type === 'gap') return true;
  if (namespace !== undefined && entry.namespace !== namespace) return false;
  return (types === undefined || types.has(entry.type)) && (about === undefined || entry.function === about);
}

/** @returns the stream of the events that fit */
export function eventFormat(filter: EventFilter): StreamFormat<Entry> {
  return {
    opening: openingText,
    beat: beatText,
    write: (entries) =>
      entries
        .filter((entry) => matches(filter, entry))
        .map(({ text }) => text)
        .join(''),
  };
}

/** What a stream begins with. An id without data is no event for the client, but what it names when it comes back. */
export function openingText(after: bigint): string {
  return `retry: ${retryMs}\nid: ${after}\n\n`;
}

/** Keeps a connection alive, and what the client names up to date where nothing was for it. */
export function beatText(after: bigint): string {
  return `:\nid: ${after}\n\n`;
}

/** JSON has no line breaks: one line of data is enough. */
function write(event: { readonly id: string; readonly type: string; readonly data: object }): string {
  return `id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
