import { defineConfig } from '@hey-api/openapi-ts';

// The client is generated from the committed document, so that both change in one commit; scripts/openapi.ts leaves dry
// runs out of it, which are calls of their own (sdk/dry-run.ts).
export default defineConfig({
  input: './sdk/openapi.json',
  output: { path: 'sdk/generated', module: { extension: '.js' } },
  plugins: ['@hey-api/client-fetch', '@hey-api/typescript', '@hey-api/sdk'],
});
