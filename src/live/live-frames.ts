import { ApiProperty } from '@nestjs/swagger';
import { NotificationView } from '../notifications/notifications.dto.js';

/** Why the server ended a connection. */
export const END_REASONS = [
  'session_ended',
  'token_expired',
  'unauthenticated',
  'sign_in_timeout',
  'too_many_sockets',
  'too_many_messages',
  'too_slow',
  'access_changed',
  'invalid_message',
  'shutting_down',
  'broken',
] as const;
export type EndReason = (typeof END_REASONS)[number];

const seq = (description: string): PropertyDecorator =>
  ApiProperty({ type: 'integer', minimum: 0, description, example: 12 });

export class ReadyFrame {
  @ApiProperty({ format: 'uuid', example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1c03' })
  user_id: string;

  @seq('Number of the last item of your stream.')
  seq: number;
}

export class WithheldFrame {
  @seq('Your items up to this number that did not come belong to events that you can no longer see.')
  seq: number;
}

export class PulseFrame {
  @seq('Number up to which this connection was served. If you have less, something was lost: `resume`.')
  seq: number;
}

export class ResyncFrame {
  @seq('What you asked for is no longer kept. Load anew what you show; the stream goes on after this number.')
  after: number;
}

export class SessionEndedFrame {
  @ApiProperty({ enum: END_REASONS, enumName: 'EndReason', example: 'session_ended' })
  reason: EndReason;
}

/** Everything that a server sends over a live connection, by name. AsyncAPI is made from it, and every connection emits by it. */
export const SERVER_FRAMES = {
  ready: ReadyFrame,
  change: NotificationView,
  withheld: WithheldFrame,
  pulse: PulseFrame,
  resync: ResyncFrame,
  session_ended: SessionEndedFrame,
} as const;

export type FrameName = keyof typeof SERVER_FRAMES;
export type ServerFrames = { [Name in FrameName]: InstanceType<(typeof SERVER_FRAMES)[Name]> };

export class ResumeFrame {
  @seq('Number of the last item that you have.')
  after: number;
}

export class AuthenticateFrame {
  @ApiProperty({ description: 'A fresh access token of the same person.', example: 'eyJhbGciOi…' })
  token: string;
}

/** What a client may send, by name. Both are acknowledged. */
export const CLIENT_FRAMES = { resume: ResumeFrame, authenticate: AuthenticateFrame } as const;
export type ClientFrameName = keyof typeof CLIENT_FRAMES;
export type ClientFrames = { [Name in ClientFrameName]: InstanceType<(typeof CLIENT_FRAMES)[Name]> };

/** The answer to a client's frame. */
export class Acknowledgement {
  @ApiProperty({ example: true })
  ok: boolean;

  @ApiProperty({ required: false, description: 'Why not: a code of `/problems`.', example: 'unauthenticated' })
  code?: string;

  @ApiProperty({ required: false, type: 'integer', description: '`resume`: number of the last item.', example: 12 })
  seq?: number;

  @ApiProperty({ required: false, format: 'date-time', description: '`authenticate`: when the token expires.' })
  expires_at?: string;
}
