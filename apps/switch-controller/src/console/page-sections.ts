import { html } from './html.ts';

function ownersTable(id: string, caption: string, first: string): string {
  return html`<table role="table" class="owners">
    <caption class="spoken">
      ${caption}
    </caption>
    <thead role="rowgroup">
      <tr role="row">
        <th role="columnheader" scope="col">${first}</th>
        <th role="columnheader" scope="col">Owner</th>
        <th role="columnheader" scope="col">Decided by</th>
        <th role="columnheader" scope="col"><abbr title="Milestone in which it moves">Moves</abbr></th>
        <th role="columnheader" scope="col"><span class="spoken">Change</span></th>
      </tr>
    </thead>
    <tbody role="rowgroup" id="${id}"></tbody>
  </table>`;
}

/** The sections between head and dialog. */
export const SECTIONS = html`<main id="main" tabindex="-1">
  <div class="tiles">
    <section class="tile" aria-labelledby="propagation-title">
      <h2 id="propagation-title">Propagation</h2>
      <div id="propagation"><p class="note">not read yet</p></div>
    </section>
    <section class="tile" aria-labelledby="rates-title">
      <h2 id="rates-title">Decisions</h2>
      <div id="rates"><p class="note">not read yet</p></div>
    </section>
    <section class="tile wide" aria-labelledby="milestones-title">
      <h2 id="milestones-title">Milestones</h2>
      <ul id="milestones"></ul>
    </section>
  </div>
  <section class="panel routes" aria-labelledby="routes-title">
    <h2 id="routes-title">Routes</h2>
    <p class="legend-line">
      <span class="badge go own">Go</span> own switch <span class="badge go inherited">Go</span> inherited
    </p>
    ${ownersTable('routes', 'Owner of each family of routes, and of its capabilities', 'Family, capability')}
  </section>
  <section class="panel workers" aria-labelledby="workers-title">
    <h2 id="workers-title">Workers</h2>
    ${ownersTable('workers', 'Owner of each worker program', 'Program')}
  </section>
  <section class="panel processes" aria-labelledby="processes-title">
    <h2 id="processes-title">Processes</h2>
    <p id="processes-problem" class="problem" hidden></p>
    <table role="table">
      <caption class="spoken">
        Processes that follow the switches
      </caption>
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">Process</th>
          <th role="columnheader" scope="col">Version</th>
          <th role="columnheader" scope="col">Status</th>
          <th role="columnheader" scope="col"><abbr title="Age of the snapshot it holds">Age</abbr></th>
          <th role="columnheader" scope="col">
            <abbr title="Time it took to follow its version">Took</abbr>
          </th>
        </tr>
      </thead>
      <tbody role="rowgroup" id="processes"></tbody>
    </table>
    <p id="no-processes" class="note">No process has reported to the controller.</p>
  </section>
  <section class="panel history" aria-labelledby="history-title">
    <h2 id="history-title">Last changes</h2>
    <p id="history-problem" class="problem" hidden></p>
    <ol id="history"></ol>
    <p id="no-history" class="note">No change has been recorded.</p>
  </section>
</main>`;
