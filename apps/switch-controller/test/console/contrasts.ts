import type { Page } from 'playwright-core';

/** The contrast (WCAG 2: 1 to 21) of an element's own text to what lies behind it. */
export type Contrast = { readonly element: string; readonly text: string; readonly ratio: number };

/** Measures every visible text of the page, or of the dialog if one is open. Disabled controls do not count. */
export function contrasts(page: Page): Promise<Contrast[]> {
  return page.evaluate(() => {
    type Colour = [red: number, green: number, blue: number, alpha: number];
    const parse = (text: string): Colour => {
      const numbers = (/\(([^)]*)\)/.exec(text)?.[1] ?? '').split(/[\s,/]+/).filter((each) => each !== '');
      const [red = 0, green = 0, blue = 0, alpha = 1] = numbers.map(Number);
      return [red, green, blue, alpha];
    };
    const over = (top: Colour, below: Colour): Colour => {
      const mix = (index: 0 | 1 | 2) => top[index] * top[3] + below[index] * (1 - top[3]);
      return [mix(0), mix(1), mix(2), 1];
    };
    const backgroundOf = (start: Element): Colour => {
      const layers: Colour[] = [];
      for (let each: Element | null = start; each !== null; each = each.parentElement) {
        const colour = parse(getComputedStyle(each).backgroundColor);
        if (colour[3] > 0) layers.push(colour);
        if (colour[3] === 1) break;
      }
      return layers.reduceRight<Colour>((below, top) => over(top, below), [255, 255, 255, 1]);
    };
    const luminance = ([red, green, blue]: Colour): number => {
      const linear = (value: number) => {
        const share = value / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      };
      return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
    };
    const root = document.querySelector('dialog[open]') ?? document.body;
    return [...root.querySelectorAll<HTMLElement>('*')]
      .filter(
        (each) =>
          !each.matches(':disabled, .spoken') &&
          each.checkVisibility() &&
          each.closest('dialog:not([open])') === null,
      )
      .flatMap((each) => {
        const text = [...each.childNodes]
          .filter(({ nodeType }) => nodeType === Node.TEXT_NODE)
          .map(({ textContent }) => textContent?.trim() ?? '')
          .join('');
        if (text === '') return [];
        const background = backgroundOf(each);
        const [one, other] = [
          luminance(over(parse(getComputedStyle(each).color), background)),
          luminance(background),
        ];
        const name = [each.tagName.toLowerCase(), ...each.classList].join('.');
        return [
          { element: name, text, ratio: (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05) },
        ];
      });
  });
}
