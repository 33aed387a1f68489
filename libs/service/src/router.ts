/** What an app needs of Express to say which handler answers what; everything else of it stays in this library. */
export { Router } from 'express';
export type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
