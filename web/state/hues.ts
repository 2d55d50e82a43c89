import { computed } from '@preact/signals';
import { assignHues } from './assign-hues.js';
import { people } from './people.js';
import { isMe } from './session.js';

export const hues = computed(() => assignHues([...people.value.keys()].filter((id) => !isMe(id))));

/** The class of a person’s hue: that of everybody on the events that you can see, so the same on every device. */
export const hueOf = (userId: string): string =>
  isMe(userId) ? 'p-you' : `p-${hues.value.get(userId) ?? assignHues([userId]).get(userId)!}`;
