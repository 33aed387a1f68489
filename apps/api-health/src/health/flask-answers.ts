/** A page of Flask's for a status, as Werkzeug writes it. */
export type FlaskPage = { readonly status: number; readonly body: string };

export const NOT_FOUND = page(
  404,
  'Not Found',
  'The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.',
);
export const METHOD_NOT_ALLOWED = page(
  405,
  'Method Not Allowed',
  'The method is not allowed for the requested URL.',
);
export const INTERNAL_ERROR = page(
  500,
  'Internal Server Error',
  'The server encountered an internal error and was unable to complete your request. Either the server is overloaded or there is an error in the application.',
);

function page(status: number, name: string, text: string): FlaskPage {
  return {
    status,
    body: `<!doctype html>\n<html lang=en>\n<title>${status} ${name}</title>\n<h1>${name}</h1>\n<p>${text}</p>\n`,
  };
}

/** Werkzeug's page for a path that it finds once double slashes are single. */
export function redirectPage(location: string): FlaskPage {
  const shown = location.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
  return {
    status: 308,
    body: `<!doctype html>\n<html lang=en>\n<title>Redirecting...</title>\n<h1>Redirecting...</h1>\n<p>You should be redirected automatically to the target URL: <a href="${shown}">${shown}</a>. If not, click the link.\n`,
  };
}
