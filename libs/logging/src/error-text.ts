/** Causes followed at most, so that a chain that loops or never ends is cut. */
const MAX_CAUSES = 5;
const MAX_FRAMES = 100;
const FRAME = /^at (?:async )?(?:(.*?) \()?(?:file:\/\/)?(.*?):(\d+)(?::\d+)?\)?$/;

/** Whether a value is an error, one of another realm (a `vm` context, a worker) included. */
export function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
}

/**
 * What went wrong in one line: message, code and causes. Node's network errors often have an empty
 * message and say all in `code`, `cause` or `errors`.
 */
export function errorText(error: Error, depth = 0): string {
  const { message, name, code, cause, errors } = readParts(error);
  let text = message === '' ? name : message;
  if (typeof code === 'string' && code !== '' && !text.includes(code)) text += ` [${code}]`;
  if (depth >= MAX_CAUSES) return text;
  if (Array.isArray(errors) && errors.length > 0) {
    const parts = errors.slice(0, MAX_CAUSES).map((part: unknown) => causeText(part, depth));
    text += ` (${parts.join('; ')})`;
  }
  if (cause !== undefined && cause !== null) text += ` (caused by: ${causeText(cause, depth)})`;
  return text;
}

/** `TypeError: text`, as the last line of Python's traceback has it. */
export function errorHeadline(error: Error): string {
  const { name } = readParts(error);
  const text = errorText(error);
  return text === name ? name : `${name}: ${text}`;
}

/**
 * The stack as `traceback.format_list` of Python gives it: `  File "x.ts", line 3, in f\n`, most
 * recent call last.
 */
export function stackFrames(error: Error): string[] {
  const { stack, message } = readParts(error);
  // A message of several lines may itself look like frames.
  const head = message === '' ? -1 : stack.indexOf(message);
  const lines = (head < 0 ? stack : stack.slice(head + message.length)).split('\n');
  return lines
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '))
    .slice(0, MAX_FRAMES)
    .map((line) => {
      const [, name, file, lineNumber] = FRAME.exec(line) ?? [];
      if (file === undefined || lineNumber === undefined) return `  ${line}\n`;
      return `  File "${file}", line ${lineNumber}, in ${name ?? '<anonymous>'}\n`;
    })
    .reverse();
}

function causeText(cause: unknown, depth: number): string {
  if (isError(cause)) return errorText(cause, depth + 1);
  return typeof cause === 'string' ? cause : Object.prototype.toString.call(cause);
}

type Parts = { name: string; message: string; stack: string; code: unknown; cause: unknown; errors: unknown };

/** Every part of an error may be a getter that throws, or no string. */
function readParts(error: Error): Parts {
  const read = (key: string): unknown => {
    try {
      return (error as unknown as Record<string, unknown>)[key];
    } catch {
      return undefined;
    }
  };
  const text = (key: string, otherwise: string): string => {
    const value = read(key);
    return typeof value === 'string' ? value : otherwise;
  };
  return {
    name: text('name', 'Error'),
    message: text('message', ''),
    stack: text('stack', ''),
    code: read('code'),
    cause: read('cause'),
    errors: read('errors'),
  };
}
