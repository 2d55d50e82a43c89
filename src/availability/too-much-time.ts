import { TooMuchTime } from './busy-time.service.js';
import { invalid } from '../problems/problem.js';

/** Points at the window when people are busy in it with more than one answer can hold. */
export async function refusingTooMuch<T>(pointer: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof TooMuchTime)) throw error;
    const message = 'Too much happens in this window; choose a smaller one.';
    throw invalid({ pointer, code: 'too_large', message });
  }
}
