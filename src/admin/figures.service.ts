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
  /** Live connections of this server. */
  connections: number;
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
    const [users, trash, tables, databaseBytes, connections] = await Promise.all([
      this.figures.countUsers(),
      this.figures.countTrash(),
      this.figures.listTables(),
      this.figures.databaseBytes(),
      this.countConnections(),
    ]);
    const rowsOf = (table: string): number => tables.find(({ name }) => name === table)?.rows ?? 0;
    return {
      users,
      events: rowsOf('events'),
      trash,
      versions: rowsOf('event_versions'),
      streamItems: rowsOf('notifications'),
      auditEntries: rowsOf('audit_entries'),
      connections,
      databaseBytes,
      tables,
    };
  }

  private async countConnections(): Promise<number> {
    const metric = await this.metrics.registry.getSingleMetric('convene_live_sockets')?.get();
    return (metric?.values ?? []).reduce((sum, { value }) => sum + value, 0);
  }
}
