import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { TrashService } from '../events/trash.service.js';
import { RedactionRefused } from '../history/redact-version.js';
import { AdminOnly } from '../platform/http/access.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { UuidParam } from '../platform/http/uuid-param.js';
import { ApiProblems } from '../platform/openapi/api-problems.js';
import { notFound, Problem } from '../problems/problem.js';
import { VersionParam } from '../versions/version-param.js';
import { PurgedView, PurgeTrashBody, RedactBody, RedactedView } from './admin.dto.js';
import { RedactionService } from './redaction.service.js';

/** How many events one request removes from the trash, so that none takes long. */
const MAX_PURGED = 2_000;

/** What administrators do with events, whose texts they don't see. */
@ApiTags('Administration')
@Controller('api/admin')
@AdminOnly()
export class AdminContentController {
  constructor(
    private readonly trash: TrashService,
    private readonly redactions: RedactionService,
  ) {}

  @Post('trash/purge')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'purgeTrash',
    summary: 'Remove events from the trash',
    description: `Cannot be undone: nobody can restore them. Their versions stay, and their owners can read them. Removes events of everybody, the longest deleted first, at most ${MAX_PURGED} per request.`,
  })
  @ApiBody({ type: PurgeTrashBody, required: false })
  @ApiOkResponse({ type: PurgedView, description: 'Removed' })
  @ApiProblems('validation_failed')
  async purge(@CurrentActor() actor: Actor, @Body() body: PurgeTrashBody): Promise<PurgedView> {
    const purged = await this.trash.purge({ days: body.older_than_days, by: actor, atMost: MAX_PURGED });
    return { purged, has_more: purged === MAX_PURGED };
  }

  @Post('events/:id/history/:version/redact')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'redactVersion',
    summary: 'Redact a version of an event',
    description:
      'Replaces the texts and the comment of a version, and those of the notifications that quote it. Cannot be undone. Who did it, when and why stays, with the hash of what was there, and the history still verifies. The current version cannot be redacted: the event has to change first. The database account of the server must own the tables; otherwise the command line does it (`npm run admin -- redact`).',
  })
  @ApiOkResponse({ type: RedactedView, description: 'Redacted' })
  @ApiProblems('not_found', 'redaction_refused', 'validation_failed')
  async redact(
    @CurrentActor() actor: Actor,
    @UuidParam('id', 'The event.') eventId: string,
    @VersionParam('version') version: number,
    @Body() { reason }: RedactBody,
  ): Promise<RedactedView> {
    try {
      const { alsoIn } = await this.redactions.redact(actor, { eventId, version, reason });
      return { also_in: alsoIn };
    } catch (error) {
      if (!(error instanceof RedactionRefused)) throw error;
      throw error.isMissing ? notFound() : new Problem('redaction_refused', { detail: error.message });
    }
  }
}
