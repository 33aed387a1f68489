/** Marks a template as HTML, for editors and the formatter. Only constants of this folder are put together with it. */
export function html(parts: TemplateStringsArray, ...values: string[]): string {
  return String.raw({ raw: parts }, ...values);
}
