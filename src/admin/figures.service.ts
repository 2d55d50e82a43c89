import { Injectable } from '@nestjs/common';
import { Metrics } from '../platform/metrics/metrics.js';
import { FiguresRepository, type StoredTable, type UserFigures } from './figures.repository.js';

export interface Figures {
  users: UserFigures;
  events: number;
  trash: number;
  versions: number;
  streamItems: number;
  auditEntries: number;
  /** People who have a stream. */
  streams: number;
  /** Live connections of this server. */
  connections: number;
  /** People connected to this server whose newest items are on the way to them. */
  waitingRecipients: number;
  waitingMails: number;
  databaseBytes: number;
  tables: StoredTable[];
}

/** Figures of the whole installation. Those of large tables are estimates of PostgreSQL, so that asking costs nothing. */
@Injectable()
export class FiguresService {
  constructor(
    private readonly figures: FiguresRepository,
    private readonly metrics: Metrics,
  ) {}

  async read(): Promise<Figures> {
    const [users, trash, tables, databaseBytes, waitingMails, connections, waitingRecipients] = await Promise.all([
      this.figures.countUsers(),
      this.figures.countTrash(),
      this.figures.listTables(),
      this.figures.databaseBytes(),
      this.figures.countWaitingMails(),
      this.sum('convene_live_sockets'),
      this.sum('convene_live_waiting_users'),
    ]);
    const rowsOf = (table: string): number => tables.find(({ name }) => name === table)?.rows ?? 0;
    return {
      users,
      events: rowsOf('events'),
      trash,
      versions: rowsOf('event_versions'),
      streamItems: rowsOf('notifications'),
      streams: rowsOf('notification_streams'),
      auditEntries: rowsOf('audit_entries'),
      connections,
      waitingRecipients,
      waitingMails,
      databaseBytes,
      tables,
    };
  }

  /** Returns the present value of a metric, for all its labels. */
  private async sum(name: string): Promise<number> {
    const metric = await this.metrics.registry.getSingleMetric(name)?.get();
    return (metric?.values ?? []).reduce((sum, { value }) => sum + value, 0);
  }
}
