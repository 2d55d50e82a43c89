/** The settings of a server that vary. */
export interface ServerSettings {
  readonly port: number;
  /** See EmbeddedPostgresOptions. */
  readonly durable: boolean;
  readonly maxConnections: number;
}

/** Returns the configuration file of a server on a small machine that listens only on the loopback address. */
export function serverConfiguration({ port, durable, maxConnections }: ServerSettings): string {
  const onlyIfDurable = durable ? 'on' : 'off';
  const settings: Record<string, string | number> = {
    listen_addresses: '127.0.0.1',
    port,
    // No socket file, which kill -9 would leave behind and whose path is limited to 107 bytes.
    unix_socket_directories: '',
    max_connections: maxConnections,
    password_encryption: 'scram-sha-256',
    fsync: onlyIfDurable,
    synchronous_commit: onlyIfDurable,
    full_page_writes: onlyIfDurable,
    timezone: 'UTC',
    log_timezone: 'UTC',
    shared_buffers: '128MB',
    effective_cache_size: '512MB',
    random_page_cost: '1.1',
    // For short queries on few cores, parallel workers and JIT cost more than they save, and workers need /dev/shm.
    max_parallel_workers_per_gather: 0,
    jit: 'off',
    // No replication.
    max_wal_senders: 0,
    max_logical_replication_workers: 0,
    wal_level: 'minimal',
    logging_collector: 'off',
    log_line_prefix: '%m [%p] ',
    log_checkpoints: 'off',
    // Applications report their failed statements themselves. Here, these would only expose personal data.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${String(value).replaceAll("'", "''")}'`);
  return `# Written at every start. Settings in postgresql.auto.conf (ALTER SYSTEM) take precedence.\n${lines.join('\n')}\n`;
}

/** pg_hba.conf: connections only from this machine, with a password. */
export const HOST_BASED_AUTHENTICATION = 'host all all 127.0.0.1/32 scram-sha-256\n';
