import { Icon } from '../icons/icon.js';
import { closeEvent } from '../state/opened.js';
import { words } from '../words/en.js';

export function Close({ close = closeEvent }: { close?: () => void }) {
  return (
    <button type="button" class="ib" aria-label={words.close} onClick={close}>
      <Icon name="x" />
    </button>
  );
}
