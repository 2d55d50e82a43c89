import { ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { EXTRA_MODELS } from '../platform/openapi/extra-models.js';
import { problemReferences } from '../platform/openapi/api-problems.js';
import { IMPORT_STATES, type ImportState } from './import-job.entity.js';
import type { ShownJob } from './import-jobs.repository.js';
import { ImportView, UNREADABLE_CALENDAR } from './import-view.js';

EXTRA_MODELS.add(ImportView);

const NULL = { type: 'null' };
/** Why an import may fail. */
const PROBLEMS = problemReferences(
  'event_conflict',
  'forbidden',
  'import_interrupted',
  'internal_error',
  'not_found',
  'unauthenticated',
  'unavailable',
  UNREADABLE_CALENDAR,
);

export class ImportJobView {
  @ApiProperty({ format: 'uuid', example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f2a01' })
  id: string;

  @ApiProperty({
    enum: IMPORT_STATES,
    enumName: 'ImportState',
    description:
      '`waiting` for other imports, or `running`: nothing is stored yet. `done`: everything is stored, and `report` says what. `failed`: nothing was stored, and `problem` says why.',
    example: 'running',
  })
  state: ImportState;

  @ApiProperty({ description: 'True for a preview.', example: false })
  dry_run: boolean;

  @ApiProperty({ type: 'integer', description: 'How many events of the file are handled.', example: 1_200 })
  done: number;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'How many events the file has; null until it is read.',
    example: 3_000,
  })
  total: number | null;

  @ApiProperty({
    oneOf: [{ $ref: getSchemaPath(ImportView) }, NULL],
    description: 'What a synchronous import returns.',
    example: null,
  })
  report: object | null;

  @ApiProperty({
    oneOf: [...PROBLEMS, NULL],
    description:
      'What a synchronous import responds with, or `import_interrupted`: the server that did it has stopped.',
    example: null,
  })
  problem: object | null;

  @ApiProperty({ format: 'date-time', example: '2026-05-04T09:30:00.000Z' })
  created_at: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  finished_at: string | null;
}

/** Returns the path of a job. */
export const pathOfJob = (id: string): string => `/api/calendar/imports/${id}`;

export const importJobView = ({
  id,
  state,
  dryRun,
  done,
  total,
  result,
  createdAt,
  finishedAt,
}: ShownJob): ImportJobView => ({
  id,
  state,
  dry_run: dryRun,
  done,
  total,
  report: state === 'done' ? result : null,
  problem: state === 'failed' ? result : null,
  created_at: createdAt.toISOString(),
  finished_at: finishedAt && finishedAt.toISOString(),
});
