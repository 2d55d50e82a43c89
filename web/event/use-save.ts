import { useRef } from 'preact/hooks';

/** Saves a form: one time at a time, by its button and by Ctrl Enter, wherever the focus is in it. */
export function useSave(act: () => Promise<void>): { save: () => void; onKeyDown: (key: KeyboardEvent) => void } {
  const running = useRef(false);
  const save = (): void => {
    if (running.current) return;
    running.current = true;
    void act().finally(() => (running.current = false));
  };
  const onKeyDown = (key: KeyboardEvent): void => {
    if (key.key !== 'Enter' || !(key.ctrlKey || key.metaKey)) return;
    key.preventDefault();
    save();
  };
  return { save, onKeyDown };
}
