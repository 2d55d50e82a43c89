import { Controller, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import {
  ApiAcceptedResponse,
  ApiBody,
  ApiConsumes,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SignedIn } from '../platform/http/access.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { CALENDAR } from '../platform/http/body-formats.js';
import { hasPreference } from '../platform/http/prefer.js';
import { UuidParam } from '../platform/http/uuid-param.js';
import { headers } from '../platform/openapi/api-headers.js';
import { ApiProblems } from '../platform/openapi/api-problems.js';
import { WriteRoute } from '../platform/writes/write-route.js';
import { Problem } from '../problems/problem.js';
import { EXAMPLE_FILE } from './example-file.js';
import { ImportQuery } from './import.dto.js';
import { importJobView, ImportJobView, pathOfJob } from './import-job-view.js';
import { ImportJobs, JOB_HOURS, MAX_JOBS_PER_PERSON } from './import-jobs.service.js';
import { ImportService } from './import.service.js';
import { importView, ImportView, UNREADABLE_CALENDAR } from './import-view.js';

/** Seconds after which it is worth asking how far an import is. */
const ASK_AGAIN = '1';

@ApiTags('Calendar exchange')
@Controller('api/calendar')
export class ImportController {
  constructor(
    private readonly imports: ImportService,
    private readonly jobs: ImportJobs,
  ) {}

  @Post('import')
  @HttpCode(200)
  @SignedIn()
  @RouteConfig({ consumes: [CALENDAR], userBudget: 'imports' })
  @WriteRoute({ ownDryRun: true })
  @ApiOperation({
    operationId: 'importCalendar',
    summary: 'Import an iCalendar file',
    description:
      'Reads the events of a file (RFC 5545) and stores them, in one transaction. You become the owner of new ones. An event with the UID of one of yours is updated when the file is newer (`SEQUENCE`, then `LAST-MODIFIED`), and left alone otherwise: importing a file twice changes nothing. So is one that was made here and that you may edit. One that somebody else imported and shares with you is never changed by an import: it is named in `skipped`. `METHOD:CANCEL` cancels events and occurrences.\n\nOne event that cannot be read does not stop the others. `skipped` and `warnings` name everything that was not carried over, with its line. Properties that Convene does not know are stored and exported again. Nobody is invited: organizers and attendees are left out.\n\nWith `Prefer: respond-async`, the response is a 202 at once, and `Location` says where to ask how far the import is: for long files, and for connections that may break. It is one transaction all the same.',
  })
  @ApiHeader({
    name: 'Prefer',
    required: false,
    description: '`respond-async` lets the import go on after the response (RFC 7240).',
    schema: { type: 'string' },
    example: 'respond-async',
  })
  @ApiConsumes(CALENDAR)
  @ApiBody({ schema: { type: 'string', example: EXAMPLE_FILE }, required: true })
  @ApiOkResponse({ type: ImportView, description: 'What was imported, and what was not' })
  @ApiAcceptedResponse({
    type: ImportJobView,
    description: `The import goes on. You can have ${MAX_JOBS_PER_PERSON} such imports at once.`,
    headers: headers('Location', 'Preference-Applied', 'Retry-After'),
  })
  @ApiProblems('event_conflict', 'validation_failed', UNREADABLE_CALENDAR)
  async import(
    @CurrentActor() actor: Actor,
    @Query() query: ImportQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ImportView | ImportJobView> {
    if (!Buffer.isBuffer(request.body)) {
      if (request.body === undefined || request.body === null) throw emptyFile();
      throw new Problem('unsupported_format', { detail: 'Send the file as `text/calendar`.' });
    }
    const dryRun = request.isDryRun === true;
    const options = { onConflict: query.on_conflict ?? 'allow', dryRun };
    if (!hasPreference(request.headers.prefer, 'respond-async'))
      return importView(await this.imports.import(actor, request.body, options), dryRun);
    const job = await this.jobs.add(actor, request.body, options, request.id);
    reply.status(202).headers({
      location: pathOfJob(job.id),
      'preference-applied': 'respond-async',
      'retry-after': ASK_AGAIN,
    });
    return importJobView(job);
  }

  @Get('imports/:id')
  @SignedIn()
  @ApiOperation({
    operationId: 'getImport',
    summary: 'Ask how far an import is',
    description: `For an import with \`Prefer: respond-async\`, until ${JOB_HOURS} hours after it began. It ends as \`done\` in the transaction that stores the events: then all are stored, and otherwise none. When the server that does it is killed, it becomes \`failed\` with the problem \`import_interrupted\` within a minute. Sending a file again is always safe.`,
  })
  @ApiOkResponse({
    type: ImportJobView,
    description: 'The import. Until it has ended, `Retry-After` says when to ask again.',
    headers: headers('Retry-After'),
  })
  @ApiProblems('not_found', 'validation_failed')
  async get(
    @CurrentActor() actor: Actor,
    @UuidParam('id', 'The import.') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ImportJobView> {
    const job = await this.jobs.find(actor, id);
    if (job.finishedAt === null) reply.header('retry-after', ASK_AGAIN);
    return importJobView(job);
  }
}

const emptyFile = (): Problem =>
  new Problem('unreadable_calendar', {
    members: { skipped: [{ uid: null, line: 1, reason: 'The file is empty.' }], warnings: [], items: [] },
  });
