import { DIALOG } from './page-dialog.ts';
import { SECTIONS } from './page-sections.ts';
import { html } from './html.ts';

// Two halves, one filled: the owners.
const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect x='1' y='4' width='14' height='8' rx='4' fill='%230a6b50'/%3E%3Ccircle cx='11' cy='8' r='2.6' fill='white'/%3E%3C/svg%3E";

/**
 * The page without any data: its script fills it from the JSON API. `modules` are the script's files, told to
 * the browser at once so that it need not find them one by one. Addresses are relative: the page may lie below
 * a prefix.
 */
export function renderPage({ entry, modules }: { entry: string; modules: readonly string[] }): string {
  const preloads = modules
    .map((name) => `<link rel="modulepreload" href="console/${name}" />`)
    .join('\n    ');
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Owner switches</title>
        <link rel="icon" href="${ICON}" />
        <link rel="stylesheet" href="console/console.css" />
        ${preloads}
        <script type="module" src="console/${entry}"></script>
      </head>
      <body>
        <a class="skip" href="#main">Skip to the switches</a>
        <header class="head">
          <div class="title">
            <h1>Owner switches</h1>
            <p id="in-force">Waiting for the controller</p>
          </div>
          <p id="connection" class="stale">Connecting</p>
          <button type="button" id="kill-switch" class="danger" disabled>Force all to Python</button>
        </header>
        <p id="forced" class="notice danger" hidden>
          <strong>The kill switch is on.</strong> Everything belongs to Python, whatever the switches below
          say.
        </p>
        <ul id="warnings" class="notice warn" aria-label="Warnings" hidden></ul>
        <noscript>
          <p class="notice warn">
            This page needs JavaScript. The same is served as JSON: <a href="v1/switches">switches</a>,
            <a href="v1/processes">processes</a>, <a href="v1/history">last changes</a>.
          </p>
        </noscript>
        ${SECTIONS} ${DIALOG}
        <p id="announcer" class="spoken" role="status" aria-live="polite"></p>
      </body>
    </html> `;
}
