/** From texts (query, form) to the JSON of a WIT type. What is no such text is left as it is, for the check that follows to tell. Pure. */
import type { WitType } from '../../contracts/wit.ts';
import { ArgumentFault, floatText, integerText } from './scalars.ts';

/**
 * A text that begins with `[` or `{` is JSON for types that are arrays or objects there. Else: lists have one text per element, but
 * list<u8> is one base64 text; flags are separated by commas; a variant is the name of its case.
 * @param texts in the order given; at least one
 * @throws ArgumentFault when several are given for what is no list
 */
export function textsToJson(type: WitType, texts: readonly string[], name: string): unknown {
  if (type.kind === 'option' && type.of.kind !== 'option') return textsToJson(type.of, texts, name);
  const [text = ''] = texts;
  if (type.kind === 'list') {
    if (texts.length > 1 || !(isJson(text) || type.of.kind === 'u8')) return texts.map((item) => textsToJson(type.of, [item], name));
  } else if (texts.length > 1) throw new ArgumentFault(`argument "${name}" is given twice`);
  return textToJson(type, text, name);
}

function textToJson(type: WitType, text: string, name: string): unknown {
  switch (type.kind) {
    case 'string':
    case 'char':
    case 'enum':
      return text;
    case 'bool':
      return text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : text;
    case 's64':
    case 'u64':
      return text.startsWith('+') ? text.slice(1) : text;
    case 's8':
    case 'u8':
    case 's16':
    case 'u16':
    case 's32':
    case 'u32':
      return integerText.test(text) ? Number(text) : text;
    case 'f32':
    case 'f64':
      return floatText.test(text) && Number.isFinite(Number(text)) ? Number(text) : text;
    case 'flags':
      return isJson(text) ? parse(text, name) : text === '' ? [] : text.split(',');
    case 'list':
    case 'variant':
      return isJson(text) ? parse(text, name) : text;
    case 'option':
    case 'record':
    case 'tuple':
    case 'result':
      return parse(text, name);
  }
}

function isJson(text: string): boolean {
  return /^\s*[[{]/.test(text);
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new ArgumentFault(`${name}: the text is not JSON`);
  }
}
