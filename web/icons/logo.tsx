export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 24 24" aria-hidden="true">
      <rect width="24" height="24" rx="6.5" fill="var(--accent-fill)" />
      <g fill="none" stroke="var(--on-accent)" stroke-width="1.75">
        <circle cx="9.5" cy="12" r="4.75" />
        <circle cx="14.5" cy="12" r="4.75" />
      </g>
      <path d="M12 7.96a4.75 4.75 0 0 1 0 8.08 4.75 4.75 0 0 1 0-8.08z" fill="var(--on-accent)" />
    </svg>
  );
}
