import { ApiProperty } from '@nestjs/swagger';
import { EmailField, TextField } from '../platform/http/fields.js';

const TOKEN = {
  description: 'What follows `#` in the link of the mail.',
  min: 1,
  max: 512,
  example: 'kQ3vB2xY7mZ0pL5sT9wR1cD4fG6hJ8kN0aS2dF4gH6j',
};

export class PasswordResetBody {
  @EmailField({ description: 'The e-mail address of the account.', example: 'ana@example.com' })
  email: string;
}

export class ConfirmPasswordResetBody {
  @TextField(TOKEN)
  token: string;

  @TextField({ description: 'The new password.', min: 8, max: 128, example: 'correct horse 8' })
  password: string;
}

export class VerifyEmailBody {
  @TextField(TOKEN)
  token: string;
}

export class AcceptedView {
  @ApiProperty({ enum: [true], description: 'Always true. Whether a mail is sent is not revealed.', example: true })
  accepted: true;
}

export class VerifiedEmailView {
  @ApiProperty({ format: 'idn-email', description: 'The address that the link is about.', example: 'ana@example.com' })
  email: string;

  @ApiProperty({
    description:
      'Whether it is now the verified address of the account. False while a change still has to be confirmed at the other address.',
    example: true,
  })
  complete: boolean;
}
