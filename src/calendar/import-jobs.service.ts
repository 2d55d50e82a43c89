import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { ErasureService } from '../auth/erasure.service.js';
import { Config } from '../platform/config/config.js';
import { newId } from '../platform/database/new-id.js';
import { PerTransaction, type Transaction } from '../platform/database/transaction.js';
import { Transactions } from '../platform/database/transactions.js';
import type { Actor } from '../platform/http/actor.js';
import { toProblem } from '../platform/http/problem.filter.js';
import { KeyedQueue } from '../platform/hooks/keyed-queue.js';
import { notFound, Problem } from '../problems/problem.js';
import { pathOfJob } from './import-job-view.js';
import { type ImportProgress, ImportJobsRepository, type ShownJob } from './import-jobs.repository.js';
import { type ImportOptions, ImportService } from './import.service.js';
import { importView } from './import-view.js';

/** Imports of a person that one server has at once, with those that wait. */
export const MAX_JOBS_PER_PERSON = 3;
/** Each holds a file in memory. */
const MAX_JOBS = 30;
const SEEN_EVERY_MS = 1_000;
/** A server that has said nothing for so long has stopped, or cannot reach the database. */
export const SILENT_SECONDS = 30;
/** How long jobs can be asked about. */
export const JOB_HOURS = 24;
const NEVER_MS = 2 ** 31 - 1;

interface Job {
  id: string;
  requestId: string;
  actor: Actor;
  file: Buffer;
  options: Pick<ImportOptions, 'onConflict' | 'dryRun'>;
}

/** A job that this server does. */
interface Work {
  progress: ImportProgress;
  /** Gives it up. */
  stop: AbortController;
  /** True while its progress is being stored. */
  isStoring: boolean;
}

/**
 * Imports that go on after the response (RFC 7240, `respond-async`). Each is one transaction, like every import, and ends its
 * job in that transaction: a job is `done` exactly when its events are stored. While a server does one, it says so every
 * second, and gives up a job that has ended meanwhile, or whose account has. The job of a server that says nothing is ended
 * by the next request for it, and that server can no longer store anything, because its transaction finds the job ended.
 */
@Injectable()
export class ImportJobs implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Import');
  private readonly begun = new PerTransaction<Job[]>(() => []);
  private readonly ofPerson = new KeyedQueue({ atOnce: 1, waiting: MAX_JOBS_PER_PERSON, longestWait: NEVER_MS });
  private readonly ofServer = new KeyedQueue({ atOnce: 2, waiting: MAX_JOBS, longestWait: NEVER_MS });
  /** The jobs that this server does, and whose they are. */
  private readonly running = new Map<Promise<void>, string>();
  private isStopping = false;

  constructor(
    private readonly jobs: ImportJobsRepository,
    private readonly imports: ImportService,
    private readonly transactions: Transactions,
    private readonly config: Config,
    erasures: ErasureService,
  ) {
    transactions.afterCommit.on((tx) => {
      for (const job of this.begun.of(tx)) this.begin(job);
    });
    erasures.erased.on((userId) => this.jobs.deleteByUser(userId));
  }

  /**
   * Adds an import. It begins when the running transaction, if there is one, is committed.
   * @throws Problem unavailable when too many wait
   */
  async add(actor: Actor, file: Buffer, options: Job['options'], requestId: string): Promise<ShownJob> {
    const own = [...this.running.values()].filter((userId) => userId === actor.userId).length;
    if (this.isStopping || own >= MAX_JOBS_PER_PERSON || this.running.size >= MAX_JOBS) {
      throw new Problem('unavailable', { detail: 'Too many imports wait.' });
    }
    const id = newId();
    const shown = { id, requestId, dryRun: options.dryRun, done: 0, total: null, result: null, finishedAt: null };
    const job: ShownJob = { ...shown, state: 'waiting', createdAt: new Date() };
    await this.transactions.run(actor.origin, (tx) => {
      this.jobs.insert(tx, { ...job, userId: actor.userId, seenAt: job.createdAt });
      this.begun.of(tx).push({ id, requestId, actor, file, options });
      return Promise.resolve();
    });
    return job;
  }

  /** Returns a job, ended if its server has stopped. @throws Problem not_found */
  async find(actor: Actor, id: string): Promise<ShownJob> {
    const found = await this.jobs.find(actor.userId, id);
    if (!found) throw notFound();
    if (found.finishedAt !== null || found.silentSeconds < SILENT_SECONDS) return found;
    await this.jobs.fail(id, documentOf(interrupted(), found), SILENT_SECONDS);
    return (await this.jobs.find(actor.userId, id)) ?? found;
  }

  /** Ends the jobs that wait, and lets those that run go on to their end, like requests. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    await this.idle();
  }

  /** Resolves when the imports that this server has at the moment have ended. */
  async idle(): Promise<void> {
    await Promise.all(this.running.keys());
  }

  @Cron('0 47 * * * *', { name: 'prune-import-jobs' })
  async prune(): Promise<void> {
    try {
      await this.jobs.prune(JOB_HOURS);
    } catch (error) {
      // The next run deletes what is left.
      this.logger.error(error instanceof Error ? error.stack : error);
    }
  }

  private begin(job: Job): void {
    const doing: Work = { progress: { done: 0, total: null }, stop: new AbortController(), isStoring: false };
    const seeing = setInterval(() => void this.see(job.id, doing), SEEN_EVERY_MS);
    const work = this.inTurn(job, doing)
      .catch((error: unknown) => this.fail(job, error))
      .finally(() => {
        clearInterval(seeing);
        this.running.delete(work);
      });
    this.running.set(work, job.actor.userId);
  }

  private async inTurn(job: Job, doing: Work): Promise<void> {
    const leavePerson = await this.ofPerson.enter(job.actor.userId);
    try {
      const leaveServer = await this.ofServer.enter('');
      try {
        await this.run(job, doing);
      } finally {
        leaveServer();
      }
    } finally {
      leavePerson();
    }
  }

  private async run({ id, actor, file, options }: Job, { progress, stop: { signal } }: Work): Promise<void> {
    if (this.isStopping) throw interrupted();
    if (!(await this.jobs.start(id))) throw new Problem('unauthenticated');
    const onProgress = (done: number, total: number): void => void Object.assign(progress, { done, total });
    const end = async (tx: Transaction | null, report: Parameters<typeof importView>[0]): Promise<void> => {
      if (!(await this.jobs.finish(tx, id, importView(report, options.dryRun), progress))) throw interrupted();
    };
    const long = { ...options, seconds: this.config.values.importSeconds, signal, onProgress };
    if (options.dryRun) await end(null, await this.imports.import(actor, file, long));
    else await this.imports.import(actor, file, { ...long, beforeCommit: end });
  }

  private async see(id: string, doing: Work): Promise<void> {
    // It waits while the import is being committed.
    if (doing.isStoring) return;
    doing.isStoring = true;
    try {
      // What a job has ended with stays; one that has not, ends with this.
      if (!(await this.jobs.see(id, doing.progress))) doing.stop.abort(new Problem('unauthenticated'));
    } catch {
      // The next second says it; after many of them, somebody ends the job.
    } finally {
      doing.isStoring = false;
    }
  }

  private async fail(job: Job, error: unknown): Promise<void> {
    const problem = toProblem(error);
    if (problem.code === 'internal_error') {
      this.logger.error(error instanceof Error ? error.stack : error, { request_id: job.requestId });
    }
    try {
      await this.jobs.fail(job.id, documentOf(problem, job));
    } catch (failure) {
      // Then the next request for it ends it.
      this.logger.warn(`An import that failed cannot be ended: ${(failure as Error).message}`);
    }
  }
}

const interrupted = (): Problem => new Problem('import_interrupted');

const documentOf = (problem: Problem, { id, requestId }: Pick<Job, 'id' | 'requestId'>): object =>
  problem.toDocument(pathOfJob(id), requestId);
