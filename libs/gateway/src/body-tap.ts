/**
 * Shows a hook the pieces of a body as they pass. A hook that throws is reported once and told no more: a body may
 * have a million pieces. Undefined without a hook, so that nothing is called for it.
 */
export function createBodyTap(
  hook: ((piece: Buffer) => void) | undefined,
  onProblem: (message: string, error: unknown) => void,
): ((piece: Buffer) => void) | undefined {
  if (hook === undefined) return undefined;
  let failed = false;
  return (piece) => {
    if (failed) return;
    try {
      hook(piece);
    } catch (error) {
      failed = true;
      onProblem('A hook of the gateway threw.', error);
    }
  };
}
