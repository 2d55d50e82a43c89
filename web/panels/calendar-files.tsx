import { useEffect, useRef, useState } from 'preact/hooks';
import { calendarFiles } from '../api.js';
import type { ImportView } from '../../sdk/index.js';
import { reload } from '../state/calendar.js';
import { explain } from '../state/edit.js';
import { openEvent } from '../state/opened.js';
import { closePanel } from '../state/panel.js';
import { download } from '../ui/download.js';
import { words as common } from '../words/en.js';
import { panelWords } from '../words/panels.js';
import { aboutEvents, titlesOf } from './file-titles.js';

const words = panelWords.files;
const SHOWN = 100;

interface Read {
  name: string;
  text: string;
  report: ImportView;
}

/** iCalendar files, in and out. An import is shown before it is done, item by item. */
export function CalendarFiles() {
  const input = useRef<HTMLInputElement>(null);
  const [read, setRead] = useState<Read | null>(null);
  /** How far it is; null when nothing is being done. */
  const [progress, setProgress] = useState<string | null>(null);
  const busy = progress !== null;

  const run = async (name: string, text: string, dryRun: boolean): Promise<void> => {
    setProgress(words.reading);
    try {
      const report = await calendarFiles.import(text, dryRun, ({ done, total }) => {
        if (total !== null) setProgress(words.progress(done, total));
      });
      setRead({ name, text, report });
      if (!dryRun) await reload();
    } catch (error) {
      explain(error);
    } finally {
      setProgress(null);
    }
  };

  return (
    <>
      <h3>{words.title}</h3>
      <div class="row links">
        <button
          type="button"
          class="btn s"
          onClick={() =>
            void calendarFiles.export().then((text) => download(text, 'convene.ics', 'text/calendar'), explain)
          }
        >
          {words.export}
        </button>
        <button type="button" class="btn s" disabled={busy} onClick={() => input.current?.click()}>
          {words.choose}
        </button>
        <input
          ref={input}
          type="file"
          accept=".ics,text/calendar"
          hidden
          aria-label={words.choose}
          onChange={({ currentTarget }) => {
            const file = currentTarget.files?.[0];
            if (file) void file.text().then((text) => run(file.name, text, true));
            // So that the same file can be chosen again.
            currentTarget.value = '';
          }}
        />
      </div>
      {busy && <p role="status">{progress}</p>}
      {read && (
        <Report {...read} busy={busy} close={() => setRead(null)} doIt={() => void run(read.name, read.text, false)} />
      )}
    </>
  );
}

interface ReportProps extends Read {
  busy: boolean;
  close: () => void;
  doIt: () => void;
}

function Report({ name, text, report, busy, close, doIt }: ReportProps) {
  const section = useRef<HTMLElement>(null);
  useEffect(() => section.current?.scrollIntoView(), [report]);
  const titles = titlesOf(text);
  const { items, skipped, warnings, conflicts, dry_run: isPreview } = report;
  const isAboutEvent = aboutEvents(text);
  // What is no event, such as a task, has neither a place in the list nor a title there: the reason names it.
  const others = warnings.filter((warning) => !isAboutEvent(warning)).map((warning) => ({ ...warning, uid: null }));
  const title = (uid: string | null): string => titles.get(uid ?? '') ?? words.unnamed;
  const results = ['created', 'updated', 'cancelled', 'unchanged'] as const;
  const counts = results.filter((result) => report[result] > 0);
  const changes = report.created + report.updated + report.cancelled;
  return (
    <section class="import" aria-label={words.choose} ref={section}>
      <h4 role="status">{isPreview ? words.preview(name) : words.done(name)}</h4>
      <p>{counts.map((result) => words.count(report[result], words.results[result])).join(', ') || words.nothing}</p>
      {conflicts.length > 0 && <p class="note">{words.conflicts(conflicts.length)}</p>}
      <ul>
        {items.slice(0, SHOWN).map(({ uid, id, result }) => (
          <li key={uid} class="row">
            <span class={`tag ${result === 'created' ? 'acc' : result === 'cancelled' ? 'warn' : ''}`}>
              {words.results[result]}
            </span>
            {isPreview ? (
              <span class="ell">{title(uid)}</span>
            ) : (
              <button
                type="button"
                class="link ell"
                onClick={() => {
                  closePanel();
                  openEvent(id);
                }}
              >
                {title(uid)}
              </button>
            )}
          </li>
        ))}
        {items.length > SHOWN && <li class="mut">{words.more(items.length - SHOWN)}</li>}
      </ul>
      <Reasons label={words.skipped} entries={[...skipped, ...others]} title={title} />
      <Reasons label={words.warnings} entries={warnings.filter(isAboutEvent)} title={title} />
      <div class="row">
        {isPreview && changes > 0 && (
          <button type="button" class="btn pri s" disabled={busy} onClick={doIt}>
            {words.import(changes)}
          </button>
        )}
        <button type="button" class="btn s" onClick={close}>
          {isPreview && changes > 0 ? common.cancel : common.close}
        </button>
      </div>
    </section>
  );
}

interface ReasonsProps {
  label: string;
  entries: { uid: string | null; line: number; reason: string }[];
  title: (uid: string | null) => string;
}

function Reasons({ label, entries, title }: ReasonsProps) {
  if (entries.length === 0) return null;
  return (
    <>
      <h5>{label}</h5>
      <ul>
        {entries.slice(0, SHOWN).map(({ uid, line, reason }) => (
          <li key={`${line} ${reason}`}>
            {uid !== null && <b>{title(uid)} </b>}
            <small>{words.line(line, reason)}</small>
          </li>
        ))}
        {entries.length > SHOWN && <li class="mut">{words.more(entries.length - SHOWN)}</li>}
      </ul>
    </>
  );
}
