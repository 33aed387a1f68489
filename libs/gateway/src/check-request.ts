/** What is accepted of a request's head. */
export type RequestLimits = {
  /** Most characters of the request target. */
  maxTargetLength: number;
  maxHeaderCount: number;
};

/** A request that the gateway answers itself. */
export type Refusal = { readonly status: number; readonly code: string; readonly message: string };

export type CheckedRequest = {
  readonly method: string;
  readonly target: string;
  readonly httpVersion: string;
  readonly rawHeaders: readonly string[];
};

const VISIBLE_ASCII = /^[\x21-\x7e]*$/;
const HOST = /^(?:[A-Za-z0-9._~!$&'()*+;=-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

/**
 * Refuses what two HTTP parsers might read differently (request smuggling), beyond what node's strict
 * parser refuses by itself, and what exceeds the limits. Undefined means that the request may pass.
 */
export function checkRequest(request: CheckedRequest, limits: RequestLimits): Refusal | undefined {
  const { method, target, rawHeaders } = request;
  if (target.length > limits.maxTargetLength) return refuse(414, 'the request target is too long');
  if (target.charCodeAt(0) !== 0x2f) return refuse(400, 'the request target must be a path');
  if (!VISIBLE_ASCII.test(target) || target.includes('#'))
    return refuse(400, 'the request target has characters that must be encoded');
  if (method === 'TRACE' || method === 'CONNECT')
    return refuse(405, `${method} is not supported`, 'UNSUPPORTED');
  if (rawHeaders.length / 2 > limits.maxHeaderCount) return refuse(431, 'the request has too many headers');
  return checkFraming(request);
}

function checkFraming({ httpVersion, rawHeaders }: CheckedRequest): Refusal | undefined {
  let hosts = 0;
  let lengths = 0;
  let encodings = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const value = rawHeaders[index + 1] ?? '';
    const name = rawHeaders[index] ?? '';
    if (isNamed(name, 'host')) {
      hosts += 1;
      if (value !== '' && !HOST.test(value)) return refuse(400, 'the Host header is not a host');
    } else if (isNamed(name, 'content-length')) {
      lengths += 1;
      if (!/^\d{1,15}$/.test(value)) return refuse(400, 'the Content-Length is not a number');
    } else if (isNamed(name, 'transfer-encoding')) {
      encodings += 1;
      if (value.toLowerCase() !== 'chunked')
        return refuse(501, 'the only supported Transfer-Encoding is chunked');
    }
  }
  if (hosts === 0 && httpVersion !== '1.0') return refuse(400, 'the request has no Host header');
  if (hosts > 1) return refuse(400, 'the request has several Host headers');
  if (lengths > 1) return refuse(400, 'the request has several Content-Length headers');
  if (encodings > 1) return refuse(501, 'the only supported Transfer-Encoding is chunked');
  if (encodings === 1 && lengths === 1)
    return refuse(400, 'Content-Length and Transfer-Encoding exclude each other');
  if (encodings === 1 && httpVersion === '1.0') return refuse(400, 'HTTP/1.0 has no Transfer-Encoding');
  return undefined;
}

function isNamed(name: string, lowerCaseName: string): boolean {
  return name.length === lowerCaseName.length && name.toLowerCase() === lowerCaseName;
}

function refuse(status: number, message: string, code = 'BAD_REQUEST'): Refusal {
  return { status, code, message };
}
