import { applyDecorators, SetMetadata, UseInterceptors } from '@nestjs/common';
import { ApiHeader, ApiQuery } from '@nestjs/swagger';
import { OWN_DRY_RUN, WRITE_ROUTE } from '../http/dry-run-query.js';
import { IDEMPOTENCY_KEY } from '../idempotency/keyed-request.js';
import { WriteInterceptor } from './write.interceptor.js';

/**
 * Makes a route one that writes events. It waits in the queue of the calendar, does its work once for all requests with the
 * same `Idempotency-Key`, and offers `?dry_run=true`: then it runs, is checked and is rolled back. Handlers need no
 * support for any of it.
 * @param ownDryRun the handler reads `request.isDryRun`, rolls back itself, and sends its usual response
 */
export const WriteRoute = ({ ownDryRun = false } = {}): MethodDecorator =>
  applyDecorators(
    SetMetadata(WRITE_ROUTE, ownDryRun ? OWN_DRY_RUN : true),
    // Not global: Nest spends more on passing a read through interceptors than on calling its handler.
    UseInterceptors(WriteInterceptor),
    ApiHeader({
      name: IDEMPOTENCY_KEY,
      required: false,
      description:
        'A new key for each request, such as a UUID. If you send a request again with the same key, the server does it only once and returns the same response.',
      schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[ -~]+$' },
      example: '8e03978e-40d5-43e8-bc93-6894a57f9324',
    }),
    ApiQuery({
      name: 'dry_run',
      required: false,
      description: ownDryRun
        ? 'Makes the call a preview: the same response, but nothing is stored.'
        : 'Makes the call a dry run: the same checks and the same problems, but nothing is stored and nobody is notified. The response is then a 200 with `Convene-Dry-Run: true` and another body: what the call would do (`would`, `changes`, `conflicts`, `notified`).',
      schema: { type: 'boolean', example: true },
    }),
  );
