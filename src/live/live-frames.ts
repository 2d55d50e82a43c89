import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { NotificationView } from '../notifications/notification-view.js';
import { END_REASON_NAMES, type EndReason } from './end-reasons.js';
import type { ItemFrame } from './item-frame.js';

const seq = (description: string): PropertyDecorator =>
  ApiProperty({ type: 'integer', minimum: 0, description, example: 12 });

export class ReadyFrame {
  @ApiProperty({ format: 'uuid', example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1c03' })
  user_id: string;

  @seq('Number of the last item of your stream.')
  seq: number;
}

export class WithheldFrame {
  @seq('The items up to this number that were not sent belong to events that you can no longer see.')
  seq: number;
}

export class PulseFrame {
  @seq('Number of the last item that this connection covered. If yours is lower, frames were lost: send `resume`.')
  seq: number;
}

export class ResyncFrame {
  @seq('Reload what you show. The stream continues after this number.')
  after: number;
}

export class SessionEndedFrame {
  @ApiProperty({ enum: END_REASON_NAMES, enumName: 'EndReason', example: 'session_ended' })
  reason: EndReason;
}

/** The frames that the server sends, by name. The AsyncAPI document and the types of every transport derive from it. */
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

/** The same as the server holds them: an item is already written down as text. */
export type SentFrames = Omit<ServerFrames, 'change'> & { change: ItemFrame };

export class ResumeFrame {
  @seq('Number of the last item that you have.')
  after: number;
}

export class AuthenticateFrame {
  @ApiProperty({ description: 'A new access token of the same user.', example: 'eyJhbGciOi…' })
  token: string;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    description:
      'Only in the first message of a plain WebSocket: number of the last item that you have. It takes precedence over `?after=`.',
    example: 12,
  })
  after?: number;
}

/** The frames that a client may send, by name. Each is acknowledged. */
export const CLIENT_FRAMES = { resume: ResumeFrame, authenticate: AuthenticateFrame } as const;
export type ClientFrameName = keyof typeof CLIENT_FRAMES;
export type ClientFrames = { [Name in ClientFrameName]: InstanceType<(typeof CLIENT_FRAMES)[Name]> };

/** The response to a frame of the client. */
export class Acknowledgement {
  @ApiProperty({ example: true })
  ok: boolean;

  @ApiProperty({
    required: false,
    description: 'Why the request failed: a code of `/problems`.',
    example: 'unauthenticated',
  })
  code?: string;

  @ApiProperty({ required: false, type: 'integer', description: 'For `resume`: number of the last item.', example: 12 })
  seq?: number;

  @ApiProperty({ required: false, format: 'date-time', description: 'For `authenticate`: when the token expires.' })
  expires_at?: string;
}
