import { Injectable } from '@nestjs/common';

/** Counts the exchanges with the database: statements that are sent together, and one wait for their results. */
@Injectable()
export class Exchanges {
  total = 0;
}
