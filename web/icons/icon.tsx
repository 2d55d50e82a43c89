/** Drawn for this product: 16 × 16, stroke 1.5. */
const PATHS = {
  left: 'M10 3.5 5.5 8l4.5 4.5',
  right: 'M6 3.5 10.5 8 6 12.5',
  down: 'M4 6l4 4 4-4',
  plus: 'M8 3.5v9M3.5 8h9',
  x: 'M4 4l8 8M12 4l-8 8',
  check: 'M3.5 8.5l3 3 6-7',
  search: 'M7.25 12a4.75 4.75 0 1 0 0-9.5 4.75 4.75 0 0 0 0 9.5zM10.75 10.75 13.5 13.5',
  bell: 'M4 11V7a4 4 0 0 1 8 0v4l1 1.25H3zM6.75 14.25h2.5',
  trash: 'M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.5 9h6l.5-9',
  gear: 'M2.5 5h6M11.5 5h2M2.5 11h2M7.5 11h6M10 6.75a1.75 1.75 0 1 0 0-3.5 1.75 1.75 0 0 0 0 3.5zM6 12.75a1.75 1.75 0 1 0 0-3.5 1.75 1.75 0 0 0 0 3.5z',
  clock: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 5v3.2l2 1.3',
  pin: 'M8 14s4.5-4 4.5-7.25a4.5 4.5 0 0 0-9 0C3.5 10 8 14 8 14zM8 8.25a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3z',
  repeat: 'M3 7.5V7a2.5 2.5 0 0 1 2.5-2.5H12M10 2.5l2 2-2 2M13 8.5V9a2.5 2.5 0 0 1-2.5 2.5H4M6 13.5l-2-2 2-2',
  text: 'M3 4.5h10M3 8h10M3 11.5h6',
  people:
    'M6 8a2.25 2.25 0 1 0 0-4.5A2.25 2.25 0 0 0 6 8zM2 13c.3-2.2 1.8-3.25 4-3.25S9.7 10.8 10 13M10.5 8a1.9 1.9 0 1 0-.6-3.7M12 10c1.2.4 1.9 1.4 2 3',
  hist: 'M2.5 8a5.5 5.5 0 1 0 1.7-4L2.5 5.6M2.5 2.5v3.1h3.1M8 5.2V8l2 1.3',
  arrow: 'M3 8h9.5M9 4.5 12.5 8 9 11.5',
  warn: 'M8 2.5 14 13H2zM8 6.5v3M8 11.2v.01',
  cal: 'M2.5 4h11v9.5h-11zM2.5 7h11M5.5 2.5V4M10.5 2.5V4',
  grid: 'M2.5 3.5h11v9h-11zM6.2 3.5v9M9.8 3.5v9',
  list: 'M5.5 4.5H13M5.5 8H13M5.5 11.5H13M3 4.5h.01M3 8h.01M3 11.5h.01',
  link: 'M6.5 9.5l3-3M7 4.5l1-1a3 3 0 0 1 4.5 4.5l-1 1M9 11.5l-1 1A3 3 0 0 1 3.5 8l1-1',
  side: 'M2.5 3.5h11v9h-11zM6.5 3.5v9',
  busy: 'M3 3.5h10v9H3zM5.5 6.5h5',
  eye: 'M1.75 8S4 3.75 8 3.75 14.25 8 14.25 8 12 12.25 8 12.25 1.75 8 1.75 8zM8 9.75a1.75 1.75 0 1 0 0-3.5 1.75 1.75 0 0 0 0 3.5z',
  download: 'M8 2.5v7.5M5 7.5l3 3 3-3M3.5 11v2.5h9V11',
  share: 'M8 10V2.5M5 5l3-3 3 3M3.5 9v4.5h9V9',
  globe: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM2 8h12M8 2c2 2 2.5 4 2.5 6S10 12 8 14C6 12 5.5 10 5.5 8S6 4 8 2z',
  leave: 'M9.5 3H3.5v10h6M7 8h6.5M11 5.5 13.5 8 11 10.5',
  lock: 'M4 7.5h8v6H4zM5.5 7.5V5.5a2.5 2.5 0 0 1 5 0v2',
};

export type IconName = keyof typeof PATHS;

/** A decoration: what it means is said in words beside it. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="i" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
