import type { ErrorForm } from '@quay-observability/gateway';

/**
 * Errors of the gateway's own as Quay's API words its errors (`endpoints/exception.py`): what the UI and other clients
 * of the API read. `type` leads to the API's own description; it is relative, as RFC 9457 allows.
 */
export const apiErrorForm: ErrorForm = ({ code, status, message }) => {
  const errorType = code === 'UNAVAILABLE' ? typeOfFailure(status) : 'invalid_request';
  const body = {
    detail: message,
    error_message: message,
    error_type: errorType,
    title: errorType,
    type: `/api/v1/error/${errorType}`,
    status,
  };
  return Buffer.from(`${JSON.stringify(body)}\n`);
};

function typeOfFailure(status: number): string {
  return status === 504 ? 'external_service_timeout' : 'downstream_issue';
}
