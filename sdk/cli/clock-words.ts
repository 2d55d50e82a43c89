import { NUMBER_WORD, plainAmounts, withDigits } from './amounts.js';

/** Writes the words that chrono-node does not know, in those that it does, for times as people say them: `17h`, `14h30`, `half past nine`, `10-11`. */
export function toChrono(text: string): string {
  const days = withClockTimes(plainAmounts(text)).replace(
    /(?<!\bthe\s+)\b(day (?:after tomorrow|before yesterday))\b/gi,
    'the $1',
  );
  // Alone, it could be a duration as well; and “in 2h” is one.
  if (/^[\s+-]*\d+h\d*\s*$/i.test(text)) return days;
  return days.replace(
    /(?<!\bin\s+|[+.,\d])\b([01]?\d|2[0-3])h([0-5]\d)?\b(?!\s*(?:ago|later|earlier|from)\b)/gi,
    (_, hour: string, minute = '00') => `${hour}:${minute}`,
  );
}

const SPOKEN = new RegExp(
  String.raw`\b(?:(half|(?:a\s+)?quarter|\d{1,2}|${NUMBER_WORD})\s+past|((?:a\s+)?quarter)\s+to)\s+(\d{1,2}|${NUMBER_WORD})\b(?!:)(?:\s*(am\b|pm\b|a\.m\.|p\.m\.))?`,
  'gi',
);
const MONTH = /\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)/i;
const HOURS =
  /(?<![\d:/.,+−–-])\b(\d{1,2})\s*[-–]\s*(\d{1,2})\b(?![\d:/.,–-])(?!\s*(?:[ap]\.?m\b|h\b|days?\b|weeks?\b|months?\b|years?\b|hours?\b|min))/gi;

/** `half past nine` as `9:30`, and `10-11` as `10:00-11:00`, unless it is days of a month. */
function withClockTimes(text: string): string {
  const spoken = text.replace(
    SPOKEN,
    (all: string, past: string | undefined, to: string | undefined, hour: string, half = '') => {
      const written = Number(withDigits(hour));
      const minutes = to ? -15 : /^half/i.test(past!) ? 30 : /quarter/i.test(past!) ? 15 : Number(withDigits(past!));
      if (written > (half === '' ? 23 : 12) || minutes > 59) return all;
      const hours = half === '' ? written : (written % 12) + (/^p/i.test(half) ? 12 : 0);
      const at = hours * 60 + minutes;
      if (at < 0) return all;
      return `${Math.floor(at / 60)}:${String(at % 60).padStart(2, '0')}`;
    },
  );
  if (MONTH.test(spoken)) return spoken;
  return spoken.replace(HOURS, (all: string, from: string, to: string) =>
    Number(from) < 24 && Number(to) <= 24 ? `${from}:00-${to === '24' ? '0' : to}:00` : all,
  );
}
