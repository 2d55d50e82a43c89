export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

const HEAD = /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.+)$/;
const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (-?[\d.]+(?:e[+-]?\d+)?|[+-]Inf|NaN)$/i;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"(?:,|$)/g;
/** What a histogram or a summary adds to its name. */
const PART = /_(bucket|sum|count)$/;

/**
 * Reads the text format of Prometheus.
 * @throws Error for a line that isn't one, a sample of an undeclared metric, and whatever stands there twice
 */
export function parseExposition(text: string): Sample[] {
  const types = new Map<string, string>();
  const seen = new Set<string>();
  const samples: Sample[] = [];
  for (const line of text.split('\n').filter((line) => line !== '')) {
    const [, head, declared, rest] = HEAD.exec(line) ?? [];
    if (head) {
      once(seen, `${head} ${declared}`);
      if (head === 'TYPE') types.set(declared!, rest!);
      continue;
    }
    const [, name, labels = '', value] = SAMPLE.exec(line) ?? [];
    if (!name) throw new Error(`Neither a comment nor a sample: ${line}`);
    if (!types.has(name) && types.get(name.replace(PART, '')) !== 'histogram') throw new Error(`Undeclared: ${line}`);
    once(seen, `${name}{${labels}}`);
    const pairs = [...labels.matchAll(LABEL)].map(([, label, text]) => [label!, text!]);
    if (pairs.map(([label, text]) => `${label}="${text}"`).join() !== labels) throw new Error(`Bad labels: ${line}`);
    samples.push({ name, labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) });
  }
  if (!text.endsWith('\n')) throw new Error('The last line has no end');
  return samples;
}

function once(seen: Set<string>, what: string): void {
  if (seen.has(what)) throw new Error(`Twice: ${what}`);
  seen.add(what);
}

/** The sum of the samples with these labels, whatever others they have; 0 when there are none yet. */
export function valueOf(samples: Sample[], name: string, labels: Record<string, string> = {}): number {
  const fits = (sample: Sample): boolean =>
    sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value);
  return samples.filter(fits).reduce((sum, { value }) => sum + value, 0);
}
