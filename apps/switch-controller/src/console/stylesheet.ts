import { BASE_STYLE } from './styles/base.ts';
import { COLOUR_STYLE } from './styles/colours.ts';
import { CONTROL_STYLE } from './styles/controls.ts';
import { DIALOG_STYLE } from './styles/dialog.ts';
import { LAYOUT_STYLE } from './styles/layout.ts';
import { MARK_STYLE } from './styles/marks.ts';
import { NARROW_STYLE } from './styles/narrow.ts';
import { TABLE_STYLE } from './styles/tables.ts';

/** The console's style: code, not a file, so that it is wherever the compiled code is. */
export const STYLESHEET = [
  COLOUR_STYLE,
  BASE_STYLE,
  LAYOUT_STYLE,
  CONTROL_STYLE,
  MARK_STYLE,
  TABLE_STYLE,
  DIALOG_STYLE,
  NARROW_STYLE,
].join('\n');
