/** Hand-written equivalents of the converters' regular expressions, for one path segment at a time. */

const DIGEST_ALGORITHM = 1;
const HEX = 2;
const WORD = 4;
const TAG = 8;

const CLASSES = new Uint8Array(128);
for (let code = 0; code < 128; code += 1) {
  const char = String.fromCharCode(code);
  let classes = 0;
  if (/[A-Za-z0-9_+.-]/.test(char)) classes |= DIGEST_ALGORITHM;
  if (/[A-Fa-f0-9]/.test(char)) classes |= HEX;
  if (/\w/.test(char)) classes |= WORD;
  if (/[\w.-]/.test(char)) classes |= TAG;
  CLASSES[code] = classes;
}

// Python's `\w` is Unicode: letters and numbers of every script.
const UNICODE_WORD = /^[\p{L}\p{N}_]$/u;
const MAX_TAG_LENGTH = 128;

/** Whether `segment` is `algorithm:hex`. */
export function isDigest(segment: string): boolean {
  const colon = segment.indexOf(':');
  if (colon <= 0 || colon === segment.length - 1) return false;
  return allOf(segment, 0, colon, DIGEST_ALGORITHM) && allOf(segment, colon + 1, segment.length, HEX);
}

/** Whether `segment` is a tag: a word character, then at most 127 of word characters, `.` and `-`. */
export function isTag(segment: string): boolean {
  const length = segment.length;
  if (length === 0) return false;
  for (let index = 0; index < length; index += 1) {
    const code = segment.charCodeAt(index);
    if (code > 127) return isUnicodeTag(segment);
    const wanted = index === 0 ? WORD : TAG;
    if (((CLASSES[code] ?? 0) & wanted) === 0) return false;
  }
  return length <= MAX_TAG_LENGTH;
}

/** Whether the whole string is letters, digits of any script, `-` and `_`, and is not empty. */
export function isNamespaceLike(segment: string): boolean {
  if (segment === '') return false;
  for (const char of segment) {
    const code = char.charCodeAt(0);
    if (code < 128 ? !(char === '-' || ((CLASSES[code] ?? 0) & WORD) !== 0) : !UNICODE_WORD.test(char))
      return false;
  }
  return true;
}

function isUnicodeTag(segment: string): boolean {
  let length = 0;
  for (const char of segment) {
    length += 1;
    if (UNICODE_WORD.test(char)) continue;
    if (length === 1 || (char !== '.' && char !== '-')) return false;
  }
  return length <= MAX_TAG_LENGTH;
}

function allOf(text: string, from: number, to: number, wanted: number): boolean {
  for (let index = from; index < to; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 127 || ((CLASSES[code] ?? 0) & wanted) === 0) return false;
  }
  return true;
}
