/** One text of TypeScript declarations from the files that jco writes. Pure. */

const entry = 'component.d.ts';
/** First line of the file of an interface. */
const interfaceLine = /^\/\*\* @module Interface (\S+) \*\*\/\n/;

/**
 * Files become ambient modules: those of interfaces under the interface's name, the component's own as `component`.
 * @param files name -> text; files refer to each other as './interfaces/name.js' and './name.js'
 */
export function joinDeclarations(files: ReadonlyMap<string, string>): string {
  const modules = new Map(
    Array.from(files, ([file, text]) => [file, file === entry ? 'component' : (interfaceLine.exec(text)?.[1] ?? file)]),
  );
  const parts = Array.from(files, ([file, text]) => {
    const linked = text.replaceAll(/'\.\/(?:interfaces\/)?([\w.-]+)\.js'/g, (whole, name: string) => {
      const target = modules.get(`interfaces/${name}.d.ts`);
      return target === undefined ? whole : `'${target}'`;
    });
    const body = linked.replace(interfaceLine, '').trim();
    return `declare module '${modules.get(file) ?? file}' {\n${body.replaceAll(/^(?=.)/gm, '  ')}\n}\n`;
  });
  return parts.join('\n');
}
