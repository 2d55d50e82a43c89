import { Sheet } from '../ui/sheet.js';
import { panelWords as words } from '../words/panels.js';

export function Shortcuts() {
  return (
    <Sheet title={words.keyboard} shape="page">
      <dl class="keys">
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
