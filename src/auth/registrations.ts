import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import { Hook } from '../platform/hooks/hook.js';
import { Problem } from '../problems/problem.js';

/** A person who wants an account on a server that accepts only invited people. Listeners admit those who are invited. */
export interface Applicant {
  readonly email: string;
  isInvited: boolean;
}

/** Decides who may sign up. */
@Injectable()
export class Registrations {
  readonly applied = new Hook<[Applicant]>('Registrations.applied');

  constructor(private readonly config: Config) {}

  /** @throws Problem registration_closed */
  async require(email: string): Promise<void> {
    const { registration } = this.config.values;
    if (registration === 'open') return;
    const applicant: Applicant = { email, isInvited: false };
    if (registration === 'invited') await this.applied.run(applicant);
    if (!applicant.isInvited) throw new Problem('registration_closed');
  }
}
