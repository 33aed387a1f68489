import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripTypeScriptTypes } from 'node:module';

/** The front end: file name -> JavaScript, and the one to start with. */
export type BrowserModules = { readonly entry: string; readonly sources: ReadonlyMap<string, string> };

/**
 * Reads the modules in `browser/` beside this file. Compiled, they are JavaScript and served as they are; run
 * from source, they are TypeScript and lose their types here, as Node takes them from the server's own files.
 */
export function readBrowserModules(): BrowserModules {
  const folder = new URL('./browser/', import.meta.url);
  const extension = extname(fileURLToPath(import.meta.url));
  const sources = new Map<string, string>();
  for (const name of readdirSync(folder).sort()) {
    if (!name.endsWith(extension) || name.endsWith('.d.ts')) continue;
    const source = readFileSync(new URL(name, folder), 'utf8');
    sources.set(name, extension === '.ts' ? stripTypeScriptTypes(source) : source);
  }
  return { entry: `main${extension}`, sources };
}
