import * as nodeModule from 'node:module';

let hooked = false;

/**
 * Lets the instrumentations change what is imported from now on. Without it, packages that are imported
 * (not required) stay as they are, and their spans are silently missing. Only the named packages pay.
 *
 * Once per process; what is imported already cannot be changed any more.
 */
export async function hookPackages(names: readonly string[]): Promise<void> {
  if (hooked || names.length === 0) return;
  hooked = true;
  const { register, supportsSyncHooks } = await import('import-in-the-middle/register-hooks.mjs');
  const include = [...names];
  if (supportsSyncHooks()) register({ include });
  // Before Node 24.11.1: the same, from a thread of its own.
  else nodeModule.register('@opentelemetry/instrumentation/hook.mjs', import.meta.url, { data: { include } });
}

/**
 * Has the enabled instrumentations change these modules of Node itself. The instrumentation of http
 * changes whichever form is loaded first, `require`d or imported, and then leaves the other alone: named
 * imports would get functions that start no span. So the first is forced, and copied to the other.
 */
export function patchBuiltins(names: readonly string[]): void {
  const require = nodeModule.createRequire(import.meta.url);
  for (const name of names) require(name);
  nodeModule.syncBuiltinESMExports();
}
