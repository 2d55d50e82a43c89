/** How the command line ends; documented in docs/guide/command-line.md and in `convene --help`. */
export const EXIT = {
  done: 0,
  refused: 1,
  usage: 2,
  notSignedIn: 3,
  conflict: 4,
  noResponse: 5,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
