import { Controller, Get, Header, Param, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../http/access.js';
import { notFound } from '../../problems/problem.js';
import { type ProblemCode, PROBLEMS } from '../../problems/problem-catalogue.js';
import { ASSETS } from './docs-assets.js';
import { problemPage, realtimePage, redocPage, swaggerPage } from './docs-pages.js';

const HTML = 'text/html; charset=utf-8';

/** The usual policy without outside styles and fonts. These references style the page as they go. */
const REFERENCE_POLICY = [
  "default-src 'self'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'self'",
  "img-src 'self' data:",
  "object-src 'none'",
  "script-src 'self'",
  "script-src-attr 'none'",
  "style-src 'self' 'unsafe-inline'",
].join(';');

/** Redoc searches in a worker that it makes itself. */
const REDOC_POLICY = `${REFERENCE_POLICY};worker-src blob:`;

/** The documentation, whole from this machine. */
@ApiExcludeController()
@Public()
@Controller()
export class DocsController {
  @Get(['docs', 'swagger', 'api/docs'])
  @RouteConfig({ produces: ['text/html'] })
  @Header('content-type', HTML)
  swagger(): string {
    return swaggerPage();
  }

  @Get(['redoc', 'api/redoc'])
  @RouteConfig({ produces: ['text/html'] })
  @Header('content-type', HTML)
  @Header('content-security-policy', REDOC_POLICY)
  redoc(): string {
    return redocPage();
  }

  @Get('docs/realtime')
  @Header('content-type', HTML)
  @Header('content-security-policy', REFERENCE_POLICY)
  realtime(): string {
    return realtimePage();
  }

  @Get('docs/assets/:file')
  async asset(@Param('file') file: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const asset = ASSETS.get(file);
    if (!asset) throw notFound();
    reply.type(asset.type).header('cache-control', 'public, max-age=3600');
    return asset.read();
  }

  @Get('problems/:code')
  @Header('content-type', HTML)
  problem(@Param('code') code: string): string {
    if (!Object.hasOwn(PROBLEMS, code)) throw notFound();
    return problemPage(code as ProblemCode);
  }
}
