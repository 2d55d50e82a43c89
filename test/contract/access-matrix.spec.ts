import { randomUUID } from 'node:crypto';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApiDocument } from '../../src/platform/openapi/openapi-document.js';
import { ACCESS_MATRIX, CALLERS, type RequestParts, type Row } from '../support/access-matrix.js';
import { AccessWorld } from '../support/access-world.js';
import { startApp, type TestApp } from '../support/test-app.js';

interface Operation {
  id: string;
  method: string;
  path: string;
}

const named = (row: Row): [string, Row] => [row.operation + row.circumstance, row];

describe('the access matrix', () => {
  let app: TestApp;
  let world: AccessWorld;
  let operations: Operation[];

  beforeAll(async () => {
    app = await startApp();
    world = await AccessWorld.create(app);
    const { paths } = openApiDocument(app.app) as unknown as {
      paths: Record<string, Record<string, { operationId: string }>>;
    };
    operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId: id }]) => ({ id, method: method.toUpperCase(), path })),
    );
  });
  afterAll(() => app.close());

  it('has a row for every operation of the OpenAPI document, and no other', () => {
    const documented = operations.map(({ id }) => id).sort();
    expect([...new Set(ACCESS_MATRIX.map(({ operation }) => operation))].sort()).toEqual(documented);
  });

  it('sees every route of every controller under /api: none is left out of the document', () => {
    const scanner = new MetadataScanner();
    const handlers = app.app
      .get(DiscoveryService, { strict: false })
      .getControllers()
      .filter(({ metatype }) => String(Reflect.getMetadata('path', metatype!)).startsWith('api'))
      .flatMap(({ metatype }) => {
        const prototype = metatype!.prototype as Record<string, () => unknown>;
        return scanner.getAllMethodNames(prototype).map((name) => prototype[name]!);
      })
      .filter((handler) => Reflect.getMetadata(METHOD_METADATA, handler) !== undefined);
    const idOf = (handler: () => unknown): unknown =>
      (Reflect.getMetadata('swagger/apiOperation', handler) as { operationId?: string } | undefined)?.operationId;
    const documented = operations.filter(({ path }) => path.startsWith('/api')).map(({ id }) => id);
    expect(handlers.map(idOf).sort()).toEqual(documented.sort());
  });

  /** The path with its parameters, and the rest of the request, as the row's caller would send it. */
  async function send(row: Row, method: string, path: string, cell: Awaited<ReturnType<AccessWorld['cell']>>) {
    const { params, query, body } = { params: {}, query: '', body: undefined, ...(await row.request?.(cell)) };
    const all: Record<string, string> = { id: cell.eventId, ...params };
    const url = path.replace(/\{(\w+)\}/g, (_, name: string) => all[name] ?? `no-${name}`) + query;
    const headers = {
      ...(cell.token ? { authorization: `Bearer ${cell.token}` } : {}),
      ...(body === undefined
        ? {}
        : { 'content-type': typeof body === 'string' ? 'text/calendar' : 'application/json' }),
    };
    const before = await world.fingerprint();
    const response = await app.fetch(url, {
      method,
      headers,
      body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { response, before, after: await world.fingerprint() };
  }

  describe.each(ACCESS_MATRIX.map(named))('%s', (_name, row) => {
    it.each(CALLERS.map((caller, index) => [caller, row.statuses[index]!] as const))(
      '%s: %i',
      async (caller, status) => {
        const operation = operations.find(({ id }) => id === row.operation);
        if (!operation) throw new Error(`${row.operation} is not in the OpenAPI document`);
        const cell = await world.cell(caller, row.inTrash);
        const { response, before, after } = await send(row, operation.method, operation.path, cell);
        expect(response.status).toBe(status);
        if (status >= 400 || operation.method === 'GET') expect(after).toEqual(before);
        else if (row.writes) expect(after).not.toEqual(before);
        if (status === 401) expect(response.headers.get('www-authenticate')).toContain('Bearer');
      },
    );
  });

  const hidden = ACCESS_MATRIX.filter(({ statuses }) => statuses[CALLERS.indexOf('stranger')] === 404).map(named);
  it.each(hidden)('%s gives a stranger the same response as for an event that does not exist', async (_name, row) => {
    const { method, path } = operations.find(({ id }) => id === row.operation)!;
    const cell = await world.cell('stranger', row.inTrash);
    const invisible = await send(row, method, path, cell);
    const request = async (): Promise<RequestParts> => {
      const parts = await row.request?.(cell);
      return { ...parts, params: { ...parts?.params, id: randomUUID() } };
    };
    const absent = await send({ ...row, request }, method, path, cell);
    const describeResponse = async (response: Response): Promise<unknown> => {
      const {
        instance: _instance,
        request_id: _requestId,
        ...rest
      } = (await response.json()) as Record<string, unknown>;
      return { status: response.status, rest };
    };
    expect(await describeResponse(invisible.response)).toEqual(await describeResponse(absent.response));
  });
});
