// How the texts of settings are read. Each function throws an error that says what the text must be.

export const wholeNumber =
  (min: number, max: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new Error(`must be a whole number from ${min} to ${max}`);
    }
    return value;
  };

export const oneOf =
  <T extends string>(...allowed: T[]) =>
  (text: string): T => {
    if (!allowed.includes(text as T)) throw new Error(`must be one of ${allowed.join(', ')}`);
    return text as T;
  };

export const list = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);

/** Origins as browsers send them: scheme, host and port. */
export const origins = (text: string): string[] =>
  list(text).map((origin) => {
    const url = URL.canParse(origin) ? new URL(origin) : undefined;
    if (!url || !/^https?:$/.test(url.protocol)) {
      throw new Error(`must be origins with http:// or https://, such as https://calendar.example.com: ${origin}`);
    }
    if (url.origin !== origin.replace(/\/$/, '').toLowerCase()) {
      throw new Error(`must be origins without a path or a user, such as ${url.origin}: ${origin}`);
    }
    return url.origin;
  });

export const postgresUrl = (text: string): string | null => {
  if (text === '') return null;
  if (!URL.canParse(text) || !/^postgres(ql)?:$/.test(new URL(text).protocol))
    throw new Error('must be a postgres:// URL');
  return text;
};

export const redisUrl = (text: string): string | null => {
  if (text === '') return null;
  if (!URL.canParse(text) || !/^rediss?:$/.test(new URL(text).protocol)) {
    throw new Error('must be a redis:// or rediss:// URL');
  }
  return text;
};

export const smtpUrl = (text: string): string | null => {
  if (text === '') return null;
  if (!URL.canParse(text) || !/^smtps?:$/.test(new URL(text).protocol) || new URL(text).hostname === '') {
    throw new Error('must be a smtp:// or smtps:// URL');
  }
  return text;
};

/** An address, or a name and an address in angle brackets. */
export const mailbox = (text: string): string => {
  if (!/^(?:[^<>@\p{Cc}]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/u.test(text)) {
    throw new Error('must be an address such as Convene <convene@example.com>');
  }
  return text;
};

/** Without the slash at its end. */
export const webUrl = (text: string): string | null => {
  if (text === '') return null;
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol) || /[?#]/.test(text)) {
    throw new Error('must be an http:// or https:// URL');
  }
  return text.replace(/\/+$/, '');
};

/** Pairs such as `name=value,name=value`, with values percent-encoded as in a URL. */
export const headerList = (text: string): Record<string, string> => {
  const pairs = list(text).map((pair) => /^([\w!#$%&'*+.^`|~-]+)\s*=\s*(.*)$/.exec(pair));
  try {
    return Object.fromEntries(pairs.map((pair) => [pair![1]!.toLowerCase(), decodeURIComponent(pair![2]!)]));
  } catch {
    throw new Error('must be a list such as name=value,name=value');
  }
};

export const share = (text: string): number => {
  if (!/^(?:0|1|[01]?\.\d{1,6}|1\.0+)$/.test(text) || Number(text) > 1) throw new Error('must be a number from 0 to 1');
  return Number(text);
};

export const secrets = (text: string): string[] => {
  const parts = list(text);
  if (parts.some((part) => Buffer.byteLength(part) < 16)) throw new Error('each secret must have 16 bytes or more');
  return parts;
};

/** How often something may be done in a window of time. */
export interface LimitSetting {
  limit: number;
  windowSeconds: number;
}

const MAX_LIMIT = 1_000_000;
const MAX_WINDOW_SECONDS = 86_400;

export const limit = (text: string): LimitSetting => {
  const [, count, seconds] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  const [number, windowSeconds] = [Number(count), Number(seconds)];
  const fits = number >= 1 && number <= MAX_LIMIT && windowSeconds >= 1 && windowSeconds <= MAX_WINDOW_SECONDS;
  if (!fits) {
    throw new Error(
      `must be a number and a window in seconds such as 60/60, up to ${MAX_LIMIT} and ${MAX_WINDOW_SECONDS}`,
    );
  }
  return { limit: number, windowSeconds };
};
