let cachedSecond = Number.NaN;
let cachedText = '';

/** `2026-02-16 10:11:12,345`: local time, as Python's `asctime`. `nowMs` is in milliseconds since 1970. */
export function asctime(nowMs: number): string {
  const second = Math.floor(nowMs / 1000);
  if (second !== cachedSecond) {
    cachedText = wholeSecond(new Date(second * 1000));
    cachedSecond = second;
  }
  const millis = Math.floor(nowMs - second * 1000);
  return `${cachedText},${millis < 10 ? '00' : millis < 100 ? '0' : ''}${millis}`;
}

function wholeSecond(date: Date): string {
  const two = (value: number): string => (value < 10 ? `0${value}` : `${value}`);
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
