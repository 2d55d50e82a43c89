import { dismissToast, holdToast, resumeToast, toast } from '../state/toasts.js';
import { goTo } from '../state/view.js';
import { Avatar } from '../ui/avatar.js';
import { words } from '../words/en.js';

/** One at a time; it stops while somebody points at it. */
export function Toasts() {
  const shown = toast.value;
  return (
    <div class="toasts" role="status" aria-live="polite">
      {shown && (
        <div
          class="toast"
          onMouseEnter={holdToast}
          onMouseLeave={resumeToast}
          onFocusCapture={holdToast}
          onBlurCapture={resumeToast}
        >
          <span class="row">
            {shown.person && <Avatar person={shown.person} size="s" />}
            <span class="said">{shown.text}</span>
          </span>
          {shown.day && (
            <button
              type="button"
              onClick={() => {
                dismissToast();
                goTo(shown.day!);
              }}
            >
              {words.show}
            </button>
          )}
          <button
            type="button"
            onClick={() => {
              dismissToast();
              shown.action?.run();
            }}
          >
            {shown.action?.label ?? words.close}
          </button>
        </div>
      )}
    </div>
  );
}
