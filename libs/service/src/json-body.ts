import express, { type RequestHandler } from 'express';
import { HttpProblem } from './http-problem.ts';

/** Bytes of a request's body, after decompression, unless an app sets its own limit. */
const MAX_BODY_BYTES = 1024 * 1024;

/**
 * Reads a JSON body of one of these media types into `request.body`: at most 1 MiB, an object or an array.
 * Another type is a 415, a larger one a 413, and what is no JSON a 400.
 */
export function jsonBody(...mediaTypes: readonly string[]): RequestHandler[] {
  return jsonBodyUpTo(MAX_BODY_BYTES, ...mediaTypes);
}

/** As `jsonBody`, with a limit of its own, in bytes after decompression. */
export function jsonBodyUpTo(maxBytes: number, ...mediaTypes: readonly string[]): RequestHandler[] {
  const types = [...mediaTypes];
  return [
    (request, _response, next) => {
      if (request.is(types) !== false && request.headers['content-type'] !== undefined) return next();
      const expected = types.join(' or ');
      const accept = { 'Accept-Post': types.join(', ') };
      throw new HttpProblem(415, 'UNSUPPORTED_MEDIA_TYPE', `The body must be of the type ${expected}.`, {
        headers: request.method === 'PATCH' ? { 'Accept-Patch': types.join(', ') } : accept,
      });
    },
    express.json({ type: types, limit: maxBytes, strict: true }),
  ];
}
