import { Controller, HttpCode, Post, Query, Req } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { SignedIn } from '../platform/http/access.js';
import { type Actor, CurrentActor } from '../platform/http/actor.js';
import { CALENDAR } from '../platform/http/body-formats.js';
import { DryRun, Idempotent } from '../platform/http/write-route.js';
import { ApiProblems } from '../platform/openapi/api-problems.js';
import { Problem } from '../problems/problem.js';
import { EXAMPLE_FILE } from './example-file.js';
import { ImportQuery } from './import.dto.js';
import { MAX_LISTED } from './import-report.js';
import { ImportService, type ImportReport } from './import.service.js';
import { IMPORT_RESULTS, type ImportResult, ImportView, UNREADABLE_CALENDAR } from './import-view.js';

const MAX_CONFLICTS = 200;

@ApiTags('Calendar exchange')
@Controller('api/calendar')
export class ImportController {
  constructor(private readonly imports: ImportService) {}

  @Post('import')
  @HttpCode(200)
  @SignedIn()
  @RouteConfig({ consumes: [CALENDAR], userBudget: 'imports' })
  @DryRun({ ownResponse: true })
  @Idempotent()
  @ApiOperation({
    operationId: 'importCalendar',
    summary: 'Import an iCalendar file',
    description:
      'Reads the events of a file (RFC 5545) and stores them, in one transaction. You become the owner of new ones. An event with a UID that you see already is updated when the file is newer (`SEQUENCE`, then `LAST-MODIFIED`), and left alone otherwise: importing a file twice changes nothing. `METHOD:CANCEL` cancels events and occurrences.\n\nOne event that cannot be read does not stop the others. `skipped` and `warnings` name everything that was not carried over, with its line. Properties that Convene does not know are stored and exported again. Nobody is invited: organizers and attendees are left out.',
  })
  @ApiConsumes(CALENDAR)
  @ApiBody({ schema: { type: 'string', example: EXAMPLE_FILE }, required: true })
  @ApiOkResponse({ type: ImportView, description: 'What was imported, and what was not' })
  @ApiProblems('event_conflict', 'validation_failed', UNREADABLE_CALENDAR)
  async import(
    @CurrentActor() actor: Actor,
    @Query() query: ImportQuery,
    @Req() request: FastifyRequest,
  ): Promise<ImportView> {
    if (!Buffer.isBuffer(request.body)) {
      if (request.body === undefined || request.body === null) throw emptyFile();
      throw new Problem('unsupported_format', { detail: 'Send the file as `text/calendar`.' });
    }
    const dryRun = request.isDryRun === true;
    return importView(
      await this.imports.import(actor, request.body, { onConflict: query.on_conflict ?? 'allow', dryRun }),
      dryRun,
    );
  }
}

const emptyFile = (): Problem =>
  new Problem('unreadable_calendar', {
    members: { skipped: [{ uid: null, line: 1, reason: 'The file is empty.' }], warnings: [], items: [] },
  });

function importView({ items, skipped, warnings, conflicts }: ImportReport, dryRun: boolean): ImportView {
  const countOf = (result: ImportResult): number => items.filter((item) => item.result === result).length;
  const counts = Object.fromEntries(IMPORT_RESULTS.map((result) => [result, countOf(result)])) as Record<
    ImportResult,
    number
  >;
  return {
    ...counts,
    items,
    skipped: skipped.slice(0, MAX_LISTED),
    warnings: warnings.slice(0, MAX_LISTED),
    conflicts: conflicts.slice(0, MAX_CONFLICTS),
    dry_run: dryRun,
  };
}
