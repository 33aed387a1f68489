import { html } from './html.ts';

const OWNER_CHOICES = html`<fieldset id="choose-owner" class="choices">
  <legend>Owner</legend>
  <label><input type="radio" name="owner" value="python" /> <span class="mark python">Python</span></label>
  <label><input type="radio" name="owner" value="go" /> <span class="mark go">Go</span></label>
  <label id="owner-off-choice"
    ><input type="radio" name="owner" value="off" /> <span class="mark off">Off: nobody does it</span></label
  >
  <label
    ><input type="radio" name="owner" value="inherit" />
    <span>Not set: <span id="owner-inherit-words"></span></span
  ></label>
</fieldset>`;

const GATE_CHOICES = html`<fieldset id="choose-gate" class="choices">
  <legend>Whose requests go to Go</legend>
  <label><input type="radio" name="gate" value="everybody" /> Everybody’s</label>
  <label id="gate-general-choice"
    ><input type="radio" name="gate" value="general" />
    <span>The general canary’s: <span id="gate-general-words"></span></span
  ></label>
  <label><input type="radio" name="gate" value="own" /> Only those of a canary</label>
  <fieldset id="canary-selectors">
    <legend class="spoken">Canary: whoever one of these names</legend>
    <label class="field">
      <span>Share of repositories <small>in percent, sticky per repository</small></span>
      <input
        type="number"
        id="canary-percent"
        min="0"
        max="100"
        step="any"
        inputmode="decimal"
        autocomplete="off"
      />
    </label>
    <label class="field">
      <span>Organizations <small>one per line</small></span>
      <textarea id="canary-orgs" rows="2" autocomplete="off" spellcheck="false"></textarea>
    </label>
    <label class="field">
      <span>Repositories <small>namespace/name, one per line</small></span>
      <textarea id="canary-repos" rows="2" autocomplete="off" spellcheck="false"></textarea>
    </label>
    <label class="field">
      <span>Users <small>one per line</small></span>
      <textarea id="canary-users" rows="2" autocomplete="off" spellcheck="false"></textarea>
    </label>
  </fieldset>
  <p id="gate-v1-note" class="note" hidden>
    A canary keeps all of v1 with Python: its layers name no repository.
  </p>
</fieldset>`;

/** The dialog: choose, preview, watch. */
export const DIALOG = html`<dialog id="change" aria-labelledby="change-title">
  <header>
    <h2 id="change-title">Change</h2>
    <button type="button" class="close quiet" aria-label="Close">✕</button>
  </header>
  <p id="change-message" class="notice danger" role="alert" tabindex="-1" hidden></p>
  <div id="step-choose">
    <form id="change-form" novalidate>
      <p id="change-explanation"></p>
      ${OWNER_CHOICES} ${GATE_CHOICES}
      <label class="field">
        <span>Reason <small>kept in the history</small></span>
        <input type="text" id="reason" maxlength="1000" autocomplete="off" required />
      </label>
      <label class="field" id="token-row">
        <span>Token <small>kept in this page’s memory only</small></span>
        <input type="password" id="token" autocomplete="off" required />
      </label>
      <p id="token-known" class="note" hidden>
        With the token entered before.
        <button type="button" id="token-other" class="link">Use another one</button>
      </p>
      <footer>
        <button type="button" class="close">Cancel</button>
        <button type="submit" class="primary">Preview</button>
      </footer>
    </form>
  </div>
  <div id="step-preview" hidden>
    <h3 id="preview-heading" tabindex="-1">This is what will change</h3>
    <table id="preview-table">
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">From</th>
          <th scope="col">To</th>
        </tr>
      </thead>
      <tbody id="preview-rows"></tbody>
    </table>
    <p class="note">Reason: <span id="preview-reason"></span></p>
    <p id="preview-nothing" class="note" hidden>Nothing: it is so already.</p>
    <ul id="preview-warnings" class="notice warn" aria-label="Warnings" hidden></ul>
    <footer>
      <button type="button" id="back">Back</button>
      <button type="button" id="publish" class="primary">Publish</button>
    </footer>
  </div>
  <div id="step-watch" hidden>
    <h3 id="watch-heading" tabindex="-1">Published</h3>
    <p id="watch-summary" aria-live="polite"></p>
    <span class="bar" id="watch-bar" aria-hidden="true"></span>
    <ul id="watch-list"></ul>
    <p id="watch-done" class="notice good" hidden>The last process follows.</p>
    <footer><button type="button" class="close primary">Close</button></footer>
  </div>
</dialog>`;
