import { createHash } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { packageVersion } from '../platform/config/package-version.js';
import type { Actor } from '../platform/http/actor.js';
import { Limits } from '../platform/limits/limits.service.js';
import { NO_REQUEST } from '../platform/tracing/request-origin.js';
import { noSuchPath } from '../problems/problem.js';
import { toBusyOnly } from './busy-only.js';
import { CalendarFeedsRepository, type LiveFeed } from './calendar-feeds.repository.js';
import { secretHash } from './calendar-feeds.service.js';
import { ExportService } from './export.service.js';
import type { CalendarEntry } from './write-calendar.js';

/** How often applications are asked to fetch a feed. */
const REFRESH = 'PT1H';
const HOUR_MS = 3_600_000;

/** What the bytes of a feed depend on besides the data: how they are written, and the rules of the time zones. */
const WRITER = [packageVersion(), process.versions.tz ?? '', REFRESH];

/** Serves feeds to calendar applications. */
@Injectable()
export class FeedService {
  private readonly logger = new Logger(FeedService.name);

  constructor(
    private readonly feeds: CalendarFeedsRepository,
    private readonly exports: ExportService,
    private readonly limits: Limits,
  ) {}

  /** Returns the feed that has a secret, and counts the request for it. @throws Problem not_found, rate_limited */
  async find(secret: string): Promise<LiveFeed> {
    const feed = await this.feeds.findLive(secretHash(secret));
    if (!feed) throw noSuchPath();
    await this.limits.spend('feeds', feed.id);
    if (!feed.lastUsedAt || Date.now() - feed.lastUsedAt.getTime() > HOUR_MS) await this.setUsed(feed.id);
    return feed;
  }

  /**
   * Returns the entity tag of a feed, from what has changed and not from the file. Read it before the file: a file that is
   * newer than its tag is fetched again, one that is older would never be.
   */
  async tagOf({ userId, kind, role, name }: LiveFeed): Promise<string> {
    const print = await this.feeds.fingerprint(userId, kind === 'busy' ? 'owner' : role);
    const digest = createHash('sha256').update(JSON.stringify([print, kind, role, name, ...WRITER]));
    return `W/"${digest.digest('base64url')}"`;
  }

  /** Returns the file of a feed. */
  write(feed: LiveFeed): Promise<string> {
    const { userId, username, timeZone, kind, role, name } = feed;
    const reader: Actor = { userId, username, timeZone, sessionId: feed.id, isAdmin: false, origin: NO_REQUEST };
    const head = { name: name ?? (kind === 'busy' ? 'Busy' : 'Convene'), refresh: REFRESH };
    // Availability is that of the owner: an event of another person takes no time of a viewer or an editor.
    const select = (entry: CalendarEntry): CalendarEntry | null => toBusyOnly(entry, feed.id);
    const which = kind === 'busy' ? { role: 'owner' as const, select } : { role: role ?? undefined };
    return this.exports.exportAll(reader, head, which);
  }

  private async setUsed(id: string): Promise<void> {
    try {
      await this.feeds.setUsed(id);
    } catch (error) {
      // It is for people to see which feeds are used; the next request tries again.
      this.logger.warn(error instanceof Error ? error.message : error);
    }
  }
}
