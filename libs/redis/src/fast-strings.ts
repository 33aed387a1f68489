/** More often than V8 needs (some ten) until it thinks that how a function is used is worth remembering. */
const READS = 1000;

/**
 * ioredis has a class that extends `String`, and V8 turns the prototype of such a class's parent into a dictionary:
 * from then on every property and method of every string in the process costs more (a third of the time of reading a
 * head of HTTP). Reading through an object that inherits from it makes V8 turn it back; reading from strings does not.
 */
export function keepStringsFast(): void {
  const inheriting = Object.create(String.prototype) as Pick<string, 'trimStart'>;
  for (let count = 0; count < READS; count += 1) read(inheriting);
}

function read(object: Pick<string, 'trimStart'>): unknown {
  return object.trimStart;
}
