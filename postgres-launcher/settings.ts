/** What the launcher decides about a server's configuration. */
export interface ServerSettings {
  readonly port: number;
  /** false only for tests: a power cut or a crash of the machine may then lose or break the data. */
  readonly durable: boolean;
  readonly maxConnections: number;
}

/** The configuration file of a server on a small machine, listening on the loopback address only. */
export function serverConfiguration({ port, durable, maxConnections }: ServerSettings): string {
  const onlyIfDurable = durable ? 'on' : 'off';
  const settings: Record<string, string | number> = {
    listen_addresses: '127.0.0.1',
    port,
    // No socket file: nothing to clean up after kill -9, and no path to outgrow the limit of 107 bytes.
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
    // Short queries on few cores: parallel workers and compilation cost more than they bring, and workers need /dev/shm.
    max_parallel_workers_per_gather: 0,
    jit: 'off',
    // Nothing replicates from this server.
    max_wal_senders: 0,
    max_logical_replication_workers: 0,
    wal_level: 'minimal',
    logging_collector: 'off',
    log_line_prefix: '%m [%p] ',
    log_checkpoints: 'off',
    // The application reports its own failed statements; here they would only bring personal data into a log file.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${String(value).replaceAll("'", "''")}'`);
  return `# Written at every start. Settings in postgresql.auto.conf (ALTER SYSTEM) take precedence.\n${lines.join('\n')}\n`;
}

/** Who may connect: only accounts with a password, only from this machine. */
export const HOST_BASED_AUTHENTICATION = 'host all all 127.0.0.1/32 scram-sha-256\n';
