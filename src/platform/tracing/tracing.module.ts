import { Global, Module } from '@nestjs/common';
import { Config } from '../config/config.js';
import { packageVersion } from '../config/package-version.js';
import { Tracing } from './tracing.js';

const tracing = {
  provide: Tracing,
  inject: [Config],
  useFactory: async ({ values }: Config) => {
    if (!values.traceEndpoint) return new Tracing(null);
    const { OpenTelemetry } = await import('./open-telemetry.js');
    return new Tracing(
      new OpenTelemetry({
        endpoint: values.traceEndpoint,
        headers: values.traceHeaders,
        serviceName: values.traceServiceName,
        version: packageVersion(),
        share: values.traceShare,
      }),
    );
  },
};

@Global()
@Module({ providers: [tracing], exports: [Tracing] })
export class TracingModule {}
