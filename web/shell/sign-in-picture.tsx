import { signInWords as words } from '../words/sign-in.js';

type Drawn = [hue: string, column: number, from: number, to: number, title: string, times: string];

const DAYS = [
  ['Mon', '8'],
  ['Tue', '9'],
  ['Wed', '10'],
  ['Thu', '11'],
  ['Fri', '12'],
] as const;
const EVENTS: Drawn[] = [
  ['p-teal', 0, 10, 11.5, 'Sprint 24 planning', '10:00 – 11:30'],
  ['p-you', 0, 13, 15, 'Focus: pricing copy', '13:00 – 15:00'],
  ['p-pink', 0, 15.5, 16.5, 'Hiring sync', '15:30 – 16:30'],
  ['p-amber', 1, 10, 11, 'Brightwater call', '10:00 – 11:00'],
  ['p-you', 1, 12.5, 13.5, 'Lunch with noor', '12:30 – 13:30'],
  ['ghost p-you', 1, 15.5, 16.5, 'Design review', '15:30 – 16:30'],
  ['p-you', 2, 10, 11, 'Roadmap check-in', '10:00 – 11:00'],
  ['p-amber', 2, 11.5, 12.5, 'Beta feedback triage', '11:30 – 12:30'],
  ['sel-on p-you', 2, 14, 15.5, 'Design review: onboarding', '14:00 – 15:30'],
  ['p-you', 3, 10.5, 12.5, 'Offsite: Q3 goals', '10:30 – 12:30'],
  ['p-pink', 3, 12.5, 14, 'Team lunch', '12:30 – 14:00'],
];

/** A still calendar beside the form: what it looks like when somebody moves an event. */
export function SignInPicture() {
  return (
    <div class="r" aria-hidden="true">
      <p class="cap">{words.caption}</p>
      <div class="pic">
        <div class="hd">
          {DAYS.map(([name, day]) => (
            <span key={day}>
              {name}
              <b>{day}</b>
            </span>
          ))}
        </div>
        <div class="g">
          {EVENTS.map(([hue, column, from, to, title, times]) => (
            <div
              key={title + column}
              class={`ev ${hue}`}
              style={{ left: column * 180 + 3, top: (from - 10) * 64 + 33, width: 174, height: (to - from) * 64 - 2 }}
            >
              <span class="tt">{title}</span>
              <span class="tm">{times}</span>
            </div>
          ))}
        </div>
      </div>
      <div class="toast">
        <span class="row">
          <span class="av s p-teal">to</span>
          {words.moved}
        </span>
        <b>{words.seeChange}</b>
      </div>
    </div>
  );
}
