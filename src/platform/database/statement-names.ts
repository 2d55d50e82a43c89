import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** The text of a statement that depends on the request, such as that of a list with filters. */
export class VaryingSql {
  constructor(readonly text: string) {}
}

/** The text of a statement: constant, or varying. */
export type Sql = string | VaryingSql;

/** Uses after which a varying text is worth a plan on every connection. */
const FREQUENT = 10;
/** Every connection keeps the plans of all names, so requests must not be able to make as many as they like. */
const MAX_VARYING = 200;

/** The names under which the connections of one pool prepare their statements. */
export class StatementNames {
  private readonly names = new Map<string, string>();
  private readonly uses = new LRUCache<string, number>({ max: 2_000 });
  private varying = 0;

  /**
   * Returns the name of a statement, the same for the same text; undefined for one that is to be planned each time: a
   * varying text that is rare, or one too many.
   */
  nameOf(sql: Sql): string | undefined {
    const text = typeof sql === 'string' ? sql : sql.text;
    const known = this.names.get(text);
    if (known !== undefined) return known;
    if (typeof sql !== 'string') {
      const count = (this.uses.get(text) ?? 0) + 1;
      this.uses.set(text, count);
      if (count < FREQUENT || this.varying >= MAX_VARYING) return undefined;
      this.varying += 1;
    }
    const name = `convene_${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
    this.names.set(text, name);
    return name;
  }
}
