/**
 * The `marker_id` of an item's body.
 *
 * @throws Error if the body is not JSON with a whole number of that name
 */
export function markerOf(body: string): number {
  let marker: unknown;
  try {
    marker = (JSON.parse(body) as { marker_id?: unknown } | null)?.marker_id;
  } catch {
    // Said below: JSON's own message would quote the body.
  }
  if (!Number.isSafeInteger(marker)) throw new Error('the body of the queue item names no marker_id');
  return marker as number;
}
