import { All, Controller, Delete, Get, Module, Post, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { describe, expect, it } from 'vitest';
import { Public, SignedIn } from '../../src/platform/http/access.js';
import { HttpModule } from '../../src/platform/http/http.module.js';

@Controller('declared')
class DeclaredController {
  @Get()
  @Public()
  list(): void {}

  @Post()
  @SignedIn()
  create(): void {}

  /** No route: needs no declaration. */
  helper(): void {}
}

@Controller('as-a-whole')
@SignedIn()
class DeclaredAsAWholeController {
  @Get()
  list(): void {}
}

@Controller('forgotten')
class ForgottenController {
  @Get()
  @Public()
  list(): void {}

  @Delete(':id')
  remove(): void {}

  @All('anything')
  anything(): void {}
}

class BaseController {
  @Get('inherited')
  inherited(): void {}
}

@Controller('heir')
class HeirController extends BaseController {}

/** Starts an application with the real check and the controllers. */
async function boot(...controllers: Type[]): Promise<void> {
  @Module({ imports: [HttpModule], controllers })
  class AppModule {}
  const app = await NestFactory.create(AppModule, new FastifyAdapter(), { logger: false, abortOnError: false });
  try {
    await app.init();
  } finally {
    await app.close();
  }
}

describe('a route that does not declare who may call it', () => {
  it('stops the boot, all such routes named at once', async () => {
    await expect(boot(DeclaredController, ForgottenController)).rejects.toThrow(
      "Routes that don't declare who may call them: ForgottenController.remove (DELETE), ForgottenController.anything (ALL)",
    );
  });

  it('stops the boot when it is inherited', async () => {
    await expect(boot(HeirController)).rejects.toThrow('HeirController.inherited (GET)');
  });

  it('is the only thing that does', async () => {
    await expect(boot(DeclaredController, DeclaredAsAWholeController)).resolves.toBeUndefined();
  });
});
