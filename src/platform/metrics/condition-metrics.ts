import { Injectable } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { SilenceWatch } from '../database/silence-watch.js';
import { Signals } from '../signals/signals.js';
import { Metrics } from './metrics.js';

/** Metrics of the condition of this server: whether it has what it needs, and what it refuses because it has too much to do. */
@Injectable()
export class ConditionMetrics {
  private readonly overloaded: Counter;

  constructor({ registry }: Metrics, silence: SilenceWatch, signals: Signals) {
    const registers = [registry];
    new Gauge({
      name: 'convene_database_silent',
      help: 'Whether the database does not answer (1), so that requests are refused at once.',
      registers,
      collect() {
        this.set(silence.isSilent ? 1 : 0);
      },
    });
    new Gauge({
      name: 'convene_signals_up',
      help: 'Whether this server receives signals from the others (1); without them changes arrive up to a second later.',
      registers,
      collect() {
        this.set(signals.isUp ? 1 : 0);
      },
    });
    this.overloaded = new Counter({
      name: 'convene_overload_refused_total',
      help: 'Requests that were refused because the event loop was late by OVERLOAD_LAG_MS.',
      registers,
    });
  }

  countOverloaded(): void {
    this.overloaded.inc();
  }
}
