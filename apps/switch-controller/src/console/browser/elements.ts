type Content = Node | string;

/**
 * Makes an element. Strings become text nodes, never markup: what the API says is not to be trusted. Attributes
 * are the page's own; nothing from the API goes into one that the browser would follow or run.
 */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>> = {},
  ...content: Content[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...content);
  return made;
}

/** The element of the page with this id. Throws if page and script do not fit together. */
export function byId<Type extends Element = HTMLElement>(
  id: string,
  type: new () => Type = HTMLElement as unknown as new () => Type,
): Type {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`The page has no ${type.name} with the id ${id}.`);
  return found;
}

/** Gives an element this content, unless it has it: selections survive, and nothing is painted twice. */
export function fill(target: Element, ...content: Content[]): void {
  const next = content.map((each) => (typeof each === 'string' ? document.createTextNode(each) : each));
  const old = target.childNodes;
  const same =
    old.length === next.length && next.every((node, index) => node.isEqualNode(old[index] ?? null));
  if (!same) target.replaceChildren(...next);
}

/** Sets an attribute, or takes it away if undefined, unless it is so already. */
export function setAttribute(target: Element, name: string, value: string | undefined): void {
  if (value === undefined) target.removeAttribute(name);
  else if (target.getAttribute(name) !== value) target.setAttribute(name, value);
}

/** A technical name, which may break after `_` and `.` where it does not fit. */
export function codeName(name: string, attributes: Readonly<Record<string, string>> = {}): HTMLElement {
  const parts = name.split(/(?<=[_.])/);
  const breakable = parts.flatMap((part, index) => (index === 0 ? [part] : [element('wbr'), part]));
  return element('code', attributes, ...breakable);
}

/** Text that only screen readers get. */
export function spoken(text: string): HTMLElement {
  return element('span', { class: 'spoken' }, text);
}
