/**
 * Copies a text. Browsers offer the clipboard to pages that came over HTTPS or from this machine only; elsewhere the page
 * copies what it selects, in the topmost dialog, because the rest of the page takes no focus then.
 */
export async function copyText(text: string): Promise<void> {
  const clipboard = navigator.clipboard as Clipboard | undefined;
  if (clipboard) return clipboard.writeText(text);
  const before = document.activeElement as HTMLElement | null;
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'sr';
  (before?.closest('dialog') ?? document.body).append(field);
  field.select();
  document.execCommand('copy');
  field.remove();
  before?.focus();
}
