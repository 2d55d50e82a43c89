export interface Setting<T> {
  variable: string;
  /** The text to use if the variable is unset or empty. */
  fallback: string;
  parse: (text: string) => T;
  help: string;
}

export const setting = <T>(
  variable: string,
  fallback: string,
  parse: (text: string) => T,
  help: string,
): Setting<T> => ({
  variable,
  fallback,
  parse,
  help,
});
