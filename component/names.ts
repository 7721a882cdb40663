/** Names of imports, exports, fields and cases (Explainer.md, "Import and Export Definitions" and "Name Uniqueness"). Never property names: only data. */

const fragment = '(?:[0-9a-z]+|[0-9A-Z]+)';
const label = `(?:[a-z][0-9a-z]*|[A-Z][0-9A-Z]*)(?:-${fragment})*`;
const words = '[a-z][0-9a-z]*(?:-[0-9a-z]+)*';

const labelPattern = new RegExp(`^${label}$`);
const plainPattern = new RegExp(`^(?:(?:\\[async\\]|\\[constructor\\])?${label}|\\[(?:async )?(?:method|static)\\]${label}\\.${label})$`);
const interfacePattern = new RegExp(`^(?:${words}:)+${label}(?:/${label})+(?:@[0-9A-Za-z.+-]+)?$`);
/** URLs, hashes and package names of dependencies: nothing answers to them, but they are legal names of imports. */
const dependencyPattern = /^(?:unlocked-dep|locked-dep|url|integrity|relative-url)=<[^<>]*>/;

/** A kebab-case label: of a field, a case, a flag, a parameter. */
export function isLabel(text: string): boolean {
  return labelPattern.test(text);
}

/** A name that an export may have: `greet`, `[method]file.read`, `wasi:io/streams@0.2.3`. */
export function isExportName(text: string): boolean {
  return plainPattern.test(text) || interfacePattern.test(text);
}

export function isImportName(text: string): boolean {
  return isExportName(text) || dependencyPattern.test(text);
}

/** Two names of one scope are "strongly unique" when their keys differ. Then their camelCase forms differ, too. */
export function uniqueKey(text: string): string {
  return text
    .replace(/^\[(?:async )?(?:method|static)\]/, '')
    .replaceAll('-', '')
    .toLowerCase();
}

/** `wasi:io/streams@0.2.3` in its parts. The name of an instance within an imported instance (`a@1.0.0#b`) has no version to take off. */
export function splitVersion(iface: string): { readonly name: string; readonly version: string } {
  const at = iface.includes('#') ? -1 : iface.indexOf('@');
  return at < 0 ? { name: iface, version: '' } : { name: iface.slice(0, at), version: iface.slice(at + 1) };
}
