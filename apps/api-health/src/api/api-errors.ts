import type { ErrorForm } from '@quay-observability/gateway';

/**
 * Errors of the gateway's own as Quay's API words its errors (`endpoints/exception.py`), for that is what the UI and
 * other clients of the API read. `type` leads to the API's own description; it is relative, as RFC 9457 allows.
 */
export const API_ERRORS: ErrorForm = {
  upstream: 'API',
  body: ({ code, status, message }) => {
    const errorType = code === 'UNAVAILABLE' ? typeOfFailure(status) : 'invalid_request';
    return {
      detail: message,
      error_message: message,
      error_type: errorType,
      title: errorType,
      type: `/api/v1/error/${errorType}`,
      status,
    };
  },
};

function typeOfFailure(status: number): string {
  return status === 504 ? 'external_service_timeout' : 'downstream_issue';
}
