import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { readFileSync } from 'node:fs';
import type { AsyncApiDocument } from '../../src/live/asyncapi-document.js';

type ChannelName = keyof AsyncApiDocument['channels'];

/** Holds frames against the AsyncAPI document: a message of that name must be promised there, in that shape. */
export class FrameContract {
  private readonly ajv = new Ajv({ strict: false, allErrors: true });
  private readonly compiled = new Map<string, ValidateFunction>();

  constructor(private readonly document: AsyncApiDocument) {
    (addFormats as unknown as (ajv: Ajv) => void)(this.ajv);
    this.ajv.addSchema({ $id: 'asyncapi', ...document });
  }

  /** What is wrong with the frame, in words; null when nothing is. */
  breach(channel: ChannelName, name: string, payload: unknown, part: 'payload' | 'headers' = 'payload'): string | null {
    const came = `${channel} ${name} ${JSON.stringify(payload)?.slice(0, 2_000)}`;
    const { messages } = this.document.channels[channel];
    if (!Object.hasOwn(messages, name)) return `${came}: no such message`;
    if (!messages[name]![part]) return payload === undefined ? null : `${came}: ${part} is not promised`;
    const validate = this.validator(`asyncapi#/channels/${channel}/messages/${name}/${part}`);
    return validate(payload) ? null : `${came}: ${this.ajv.errorsText(validate.errors)}`;
  }

  /** Which message a text of the plain WebSocket is: it names itself, unless it is a bare item. */
  messageOf({ type, of }: { type?: string; of?: string }): string {
    if (type === 'acknowledged') return `${of}Acknowledged`;
    return type !== undefined && Object.hasOwn(this.document.channels.webSocket.messages, type) ? type : 'change';
  }

  private validator(reference: string): ValidateFunction {
    const known = this.compiled.get(reference) ?? this.ajv.compile({ $ref: reference });
    this.compiled.set(reference, known);
    return known;
  }
}

/** By the committed document, which is the one that the server makes: test/contract/asyncapi.spec.ts. */
export const frameContract = new FrameContract(
  JSON.parse(readFileSync(new URL('../../sdk/asyncapi.json', import.meta.url), 'utf8')) as AsyncApiDocument,
);
