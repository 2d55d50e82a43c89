import { ApiProperty } from '@nestjs/swagger';
import { TextField } from '../platform/http/fields.js';
import type { ListedAppPassword } from './app-passwords.repository.js';
import type { NewAppPassword } from './app-passwords.service.js';

export class CreateAppPasswordBody {
  @TextField({
    description: 'How you recognize it, such as the name of the device.',
    min: 1,
    max: 100,
    example: 'Ana’s phone',
  })
  name: string;
}

export class AppPasswordView {
  @ApiProperty({ format: 'uuid', example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1e01' })
  id: string;

  @ApiProperty({ example: 'Ana’s phone' })
  name: string;

  @ApiProperty({ format: 'date-time', example: '2026-05-04T09:30:00.000Z' })
  created_at: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it was last used, exact to some minutes; null if it never was.',
    example: '2026-05-04T10:15:00.000Z',
  })
  last_used_at: string | null;
}

export class NewAppPasswordView extends AppPasswordView {
  @ApiProperty({
    description: 'The password. It is shown this once: enter it in the application now.',
    example: 'k7cq-2m9x-0b4t-hw3e-8rzv-5npd-y1ga',
  })
  secret: string;
}

export class AppPasswordsView {
  @ApiProperty({ type: [AppPasswordView] })
  items: AppPasswordView[];
}

export const appPasswordView = ({ id, name, createdAt, lastUsedAt }: ListedAppPassword): AppPasswordView => ({
  id,
  name,
  created_at: createdAt.toISOString(),
  last_used_at: lastUsedAt && lastUsedAt.toISOString(),
});

export const newAppPasswordView = (password: NewAppPassword): NewAppPasswordView => ({
  ...appPasswordView(password),
  secret: password.secret,
});
