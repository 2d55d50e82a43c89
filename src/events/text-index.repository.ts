import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.js';

/** Writes `event_texts`, the index for searches. */
@Injectable()
export class TextIndexRepository {
  constructor(private readonly database: Database) {}

  /** Indexes some of the texts that are due. Returns how many entries were done; 0 when there are none. */
  async index(entries: number): Promise<number> {
    const [row] = await this.database.query<{ removed: number }>(`SELECT index_event_texts($1) AS removed`, [entries]);
    return row!.removed;
  }
}
