import { Controller, Get, Header, Param, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../http/access.js';
import { isNotModified } from '../http/etag.js';
import { STATIC_POLICY } from '../http/html-page.js';
import { notFound } from '../../problems/problem.js';
import { type ProblemCode, PROBLEMS } from '../../problems/problem-catalogue.js';
import { readAsset } from './docs-assets.js';
import { problemPage, redocPage, swaggerPage } from './docs-pages.js';
import { GUIDE_POLICY, REDOC_POLICY, REFERENCE_POLICY } from './docs-policies.js';
import { readGuide } from './guide.js';
import { homePage } from './home-page.js';

const HTML = 'text/html; charset=utf-8';

/** The documentation, whole from this machine. */
@ApiExcludeController()
@Public()
@Controller()
export class DocsController {
  @Get('about')
  @RouteConfig({ produces: ['text/html'] })
  @Header('content-type', HTML)
  @Header('content-security-policy', STATIC_POLICY)
  home(): string {
    return homePage();
  }

  @Get(['guide', 'guide/:name'])
  @Header('content-type', HTML)
  @Header('content-security-policy', GUIDE_POLICY)
  async guide(@Param('name') name = ''): Promise<Buffer> {
    const found = await readGuide(name);
    if (!found) throw notFound();
    return found;
  }

  @Get(['docs', 'swagger', 'api/docs'])
  @RouteConfig({ produces: ['text/html'] })
  @Header('content-type', HTML)
  @Header('content-security-policy', REFERENCE_POLICY)
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

  @Get('docs/assets/:file')
  async asset(
    @Param('file') file: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer | undefined> {
    const asset = await readAsset(file);
    if (!asset) throw notFound();
    reply.header('cache-control', 'public, max-age=3600');
    if (isNotModified(asset.etag, request, reply)) return undefined;
    reply.type(asset.type);
    return asset.content;
  }

  @Get('problems/:code')
  @Header('content-type', HTML)
  @Header('content-security-policy', STATIC_POLICY)
  problem(@Param('code') code: string): string {
    if (!Object.hasOwn(PROBLEMS, code)) throw notFound();
    return problemPage(code as ProblemCode);
  }
}
