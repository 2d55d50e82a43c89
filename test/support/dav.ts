import { createAppPassword } from '../../sdk/generated/sdk.gen.js';
import { ok, type Person, type TestApp } from './test-app.js';
