import { TooMuchBusyTime } from './busy-time.service.js';
import { invalid } from '../problems/problem.js';

/** Waits for busy time. @throws Problem validation_failed at the pointer when the window contains too much of it */
export async function refuseTooMuchBusyTime<T>(pointer: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof TooMuchBusyTime)) throw error;
    const message = 'There is too much busy time in this window. Choose a shorter one.';
    throw invalid({ pointer, code: 'too_large', message });
  }
}
