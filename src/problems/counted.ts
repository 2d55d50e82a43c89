/** A number with what it counts, in the singular for 1: `1 character`, `2 characters`. */
export const counted = (number: number, one: string, many = `${one}s`): string =>
  `${number} ${number === 1 ? one : many}`;
