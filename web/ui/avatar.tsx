import { hueOf } from '../state/hues.js';

interface Props {
  person: { id: string; username: string };
  size?: 's' | 'l' | '';
  /** Says the name to those who do not see it beside the picture. */
  label?: boolean;
}

export function Avatar({ person, size = '', label = false }: Props) {
  const classes = `av ${size} ${hueOf(person.id)}`;
  const initials = person.username.slice(0, 2);
  return label ? (
    <span class={classes} role="img" aria-label={person.username}>
      {initials}
    </span>
  ) : (
    <span class={classes} aria-hidden="true">
      {initials}
    </span>
  );
}
