import { css } from '../css.ts';

/** All colours; text on its background has a contrast of 4.5 or more in both schemes. */
export const COLOUR_STYLE = css`
  :root {
    color-scheme: light dark;
    --page: #f4f6f8;
    --surface: #ffffff;
    --raised: #f8f9fb;
    --line: #dfe4ea;
    --strong-line: #8792a0;
    --text: #1a222c;
    --muted: #566270;
    --accent: #1b5cc4;
    --on-accent: #ffffff;
    --focus: #1b5cc4;
    --python: #2d5d94;
    --on-python: #ffffff;
    --go: #0a6b50;
    --on-go: #ffffff;
    --off: #55606d;
    --on-off: #ffffff;
    --warn: #7a4b00;
    --warn-back: #fdf3df;
    --danger: #a8241c;
    --danger-back: #fdeceb;
    --good: #0a6b50;
    --good-back: #e3f5ee;
    --shade: rgb(20 28 38 / 45%);
  }

  @media (prefers-color-scheme: dark) {
    :root {
      --page: #0e1217;
      --surface: #161b22;
      --raised: #1c222b;
      --line: #2a323d;
      --strong-line: #6c7886;
      --text: #e3e8ee;
      --muted: #9ba7b5;
      --accent: #84b4ff;
      --on-accent: #0b1524;
      --focus: #84b4ff;
      --python: #92bdf2;
      --on-python: #0c1a2b;
      --go: #6fd6ae;
      --on-go: #06221a;
      --off: #aeb8c4;
      --on-off: #161b22;
      --warn: #f2c572;
      --warn-back: #33270f;
      --danger: #ff9f97;
      --danger-back: #3c1917;
      --good: #6fd6ae;
      --good-back: #10291f;
      --shade: rgb(0 0 0 / 60%);
    }
  }
`;
