import { type Problem } from '../../problems/problem.js';
import { PROBLEMS } from '../../problems/problem-catalogue.js';
import { markup } from './html.js';
import { page } from './html-page.js';

const LOGO = markup`<svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
        <rect class="ground" width="24" height="24" rx="6.5" />
        <circle cx="9.5" cy="12" r="4.75" /><circle cx="14.5" cy="12" r="4.75" />
        <path d="M12 7.96a4.75 4.75 0 0 1 0 8.08 4.75 4.75 0 0 1 0-8.08z" />
      </svg>`;

/** What a browser shows of a problem: what is the matter, and where to go from here. */
export function refusedPage({ code, status, extras: { detail } }: Problem, requestId: string): string {
  const [title, text] =
    code === 'not_found'
      ? [
          'There is nothing at this address',
          'Check the address. What was here may be gone, or no longer be yours to see.',
        ]
      : [PROBLEMS[code].title, detail];
  const body = markup`<main class="refused">
      <p class="brand">${LOGO} Convene</p>
      <p class="status">${status}</p>
      <h1>${title}</h1>
      ${text !== undefined && markup`<p>${text}</p>`}
      <p class="ways"><a class="way" href="/">Open the calendar</a> <a href="/guide">Guide</a></p>
      <p class="status">Request <code>${requestId}</code></p>
    </main>`;
  return page(`${title} · Convene`, { styles: ['refused.css'], body });
}
