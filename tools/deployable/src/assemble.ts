import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dependencyClosure, type ClosurePackage, type LockedPackages } from './dependency-closure.ts';

/** What was put together, for the last line of the build. */
export type Assembled = { folder: string; ownPackages: number; outsidePackages: number };

/**
 * Puts a compiled app into one folder that runs anywhere with `node main.js`: its code, the workspace's
 * libraries it uses, and the outside packages both need in production, in the locked versions. All is
 * copied from the workspace, so it needs no network and gives the same result every time.
 *
 * Throws if something is not compiled, or if what is installed is not what is locked.
 */
export function assemble(options: { workspace: string; app: string; folder: string }): Assembled {
  const { workspace, app, folder } = options;
  const lock = readJson(join(workspace, 'package-lock.json')) as { packages: LockedPackages };
  const closure = dependencyClosure(lock.packages, app).filter(
    ({ from, optional }) => !optional || existsSync(join(workspace, from)),
  );
  for (const part of closure) assertReady(workspace, part);

  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const part of closure) {
    if (part.own) copyOwn(workspace, folder, part, closure);
    else copyOutside(workspace, folder, part);
  }
  const own = closure.filter((part) => part.own).length;
  return { folder, ownPackages: own, outsidePackages: closure.length - own };
}

function assertReady(workspace: string, { from, own, version }: ClosurePackage): void {
  if (own) {
    if (existsSync(join(workspace, from, 'dist'))) return;
    throw new Error(`${from} is not compiled: run \`npx nx run-many -t compile\``);
  }
  const manifest = join(workspace, from, 'package.json');
  const installed = existsSync(manifest) ? (readJson(manifest) as { version?: string }).version : 'missing';
  if (installed !== version) throw new Error(`${from} is ${installed}, locked is ${version}: run \`npm ci\``);
}

type Manifest = { name: string; version: string; exports?: Record<string, string | { default: string }> };

/** Compiled code, and a manifest that knows nothing of sources, which Node could not run there anyway. */
function copyOwn(workspace: string, folder: string, part: ClosurePackage, closure: ClosurePackage[]): void {
  const { name, version, exports = {} } = readJson(join(workspace, part.from, 'package.json')) as Manifest;
  const isApp = part.to === '';
  const target = join(folder, part.to);
  cpSync(join(workspace, part.from, 'dist'), isApp ? target : join(target, 'dist'), {
    recursive: true,
    filter: (path) => !/\.(tsbuildinfo|d\.ts|d\.ts\.map)$/.test(path),
  });
  const common = { name, version, private: true, type: 'module' };
  const manifest = isApp
    ? { ...common, main: 'main.js', engines: { node: '>=24' }, dependencies: versions(closure) }
    : { ...common, exports: compiledExports(exports) };
  writeFileSync(join(target, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

function compiledExports(exports: Required<Manifest>['exports']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(exports).map(([path, to]) => [path, typeof to === 'string' ? to : to.default]),
  );
}

/** What is in the folder, for whoever takes stock of it (scanners, bills of materials). */
function versions(closure: ClosurePackage[]): Record<string, string> {
  const top = closure.filter(({ to, own }) => !own && to.lastIndexOf('node_modules/') === 0);
  return Object.fromEntries(top.map(({ name, version }) => [name, version]));
}

function copyOutside(workspace: string, folder: string, { from, to }: ClosurePackage): void {
  const source = join(workspace, from);
  const nested = join(source, 'node_modules');
  // Packages nested in this one are copied on their own, if they are needed at all.
  cpSync(source, join(folder, to), { recursive: true, filter: (path) => path !== nested });
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}
