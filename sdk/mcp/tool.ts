import type { ToolAnnotations } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import type { Convene } from '../convene.js';

/** The person for whom an agent works. */
export interface Me {
  id: string;
  username: string;
  time_zone: string;
}

/** What a tool works with. */
export interface ToolContext {
  /** The only way to the calendar: the tools can do what the person can do over the API, and nothing else. */
  client: Convene;
  me(): Promise<Me>;
}

/** One tool, as every transport serves it. */
export interface Tool<Shape extends z.ZodRawShape = z.ZodRawShape> {
  name: string;
  title: string;
  /** Says to an agent what the tool does, and when another one is better. */
  description: string;
  input: Shape;
  annotations: ToolAnnotations;
  /** @returns what the agent reads, as JSON. @throws what `toRefusal` turns into sentences */
  run(input: z.infer<z.ZodObject<Shape>>, context: ToolContext): Promise<object>;
}

/** Lets the types of `run` follow from `input`. */
export const defineTool = <Shape extends z.ZodRawShape>(tool: Tool<Shape>): Tool => tool;

/** A refusal of the tool itself, in a sentence for the agent. */
export class ToolRefusal extends Error {}

const READS: ToolAnnotations = { readOnlyHint: true, openWorldHint: false };
/** Nothing that a tool writes is lost: every change can be undone, and deleted events are in the trash. */
const WRITES: ToolAnnotations = {
  readOnlyHint: false,
  destructiveHint: false,
  idempotentHint: false,
  openWorldHint: false,
};
export const ANNOTATIONS = { reads: READS, writes: WRITES, removes: { ...WRITES, destructiveHint: true } };
