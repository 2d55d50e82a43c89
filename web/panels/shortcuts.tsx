import { Sheet } from '../ui/sheet.js';
import { panelWords as words } from '../words/panels.js';

export function Shortcuts() {
  return (
    <Sheet title={words.keyboard} shape="page">
      {/* On a phone it scrolls, and nothing in it takes the focus. */}
      <dl class="keys" tabIndex={0}>
        {words.keys.map(([keys, what]) => (
          <div key={what}>
            <dt>
              {keys.split(' ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Sheet>
  );
}
