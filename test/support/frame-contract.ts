import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { readFileSync } from 'node:fs';
import type { AsyncApiDocument } from '../../src/live/asyncapi-document.js';

type ChannelName = keyof AsyncApiDocument['channels'];

/** Validates frames against the AsyncAPI document. */
export class FrameContract {
  private readonly ajv = new Ajv({ strict: false, allErrors: true });
  private readonly compiled = new Map<string, ValidateFunction>();

  constructor(private readonly document: AsyncApiDocument) {
    (addFormats as unknown as (ajv: Ajv) => void)(this.ajv);
    this.ajv.addSchema({ $id: 'asyncapi', ...document });
  }

  /** Returns a description of how the frame violates the document, null when it does not. */
  findViolation(
    channel: ChannelName,
    name: string,
    payload: unknown,
    part: 'payload' | 'headers' = 'payload',
  ): string | null {
    const frame = `${channel} ${name} ${JSON.stringify(payload)?.slice(0, 2_000)}`;
    const { messages } = this.document.channels[channel];
    if (!Object.hasOwn(messages, name)) return `${frame}: no such message`;
    if (!messages[name]![part]) return payload === undefined ? null : `${frame}: ${part} is not documented`;
    const validate = this.validator(`asyncapi#/channels/${channel}/messages/${name}/${part}`);
    return validate(payload) ? null : `${frame}: ${this.ajv.errorsText(validate.errors)}`;
  }

  /** Returns the name of the message that a text of the plain WebSocket is: its `type`, unless it is a bare item. */
  nameOf({ type, of }: { type?: string; of?: string }): string {
    if (type === 'acknowledged') return `${of}Acknowledged`;
    return type !== undefined && Object.hasOwn(this.document.channels.webSocket.messages, type) ? type : 'change';
  }

  private validator(reference: string): ValidateFunction {
    const known = this.compiled.get(reference) ?? this.ajv.compile({ $ref: reference });
    this.compiled.set(reference, known);
    return known;
  }
}

/** Uses the committed document; test/contract/asyncapi.spec.ts compares it with the one that the server serves. */
export const frameContract = new FrameContract(
  JSON.parse(readFileSync(new URL('../../sdk/asyncapi.json', import.meta.url), 'utf8')) as AsyncApiDocument,
);
