import { readdir, readFile } from 'node:fs/promises';
import { PROBLEMS } from '../../problems/problem-catalogue.js';
import { page } from '../http/html-page.js';
import { Html, markup } from '../http/html.js';
import { headingsOf, inlineMarkdown, markdown, sectionsOf } from './markdown.js';

/** Where the guide is written, from the source of this module. The built server has the pages only. */
export const GUIDE_SOURCE = new URL('../../../docs/', import.meta.url);

/** The pages that come first, in the order in which they are read; the others follow by name. */
const FIRST = ['first-hour', 'concepts', 'time', 'scheduling', 'history', 'clients', 'agents', 'moving'];

interface Chapter {
  name: string;
  title: string;
  text: string;
}

/**
 * Returns the pages of the guide by name; the one without a name lists all of them.
 * @param folder the `docs` folder of the project
 */
export async function guidePages(folder: URL): Promise<Record<string, string>> {
  const chapters = await readChapters(folder);
  const pages = chapters.map((chapter) => [chapter.name, chapterPage(chapter, chapters)]);
  return Object.fromEntries([['', contentsPage(chapters)], ...pages]) as Record<string, string>;
}

async function readChapters(folder: URL): Promise<Chapter[]> {
  const names = (await readdir(new URL('guide/', folder))).filter((name) => name.endsWith('.md'));
  const files = [...names.map((name) => `guide/${name}`), 'glossary.md'];
  const chapters = files.map(async (file) => {
    const [, title = file, text = ''] = /^# (.+)\n([^]*)$/.exec(await readFile(new URL(file, folder), 'utf8')) ?? [];
    return { name: file.replace(/^guide\/|\.md$/g, ''), title, text: withAddresses(text) };
  });
  const place = ({ name }: Chapter): number => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  return (await Promise.all(chapters)).sort((a, b) => place(a) - place(b) || a.title.localeCompare(b.title));
}

/** Links between the files become links between the pages. Those to other files of the project have no page. */
const withAddresses = (text: string): string =>
  text.replace(/\]\((?:\.\.\/)?([a-z-]+)\.md(#[\w-]+)?\)/g, '](/guide/$1$2)');

function chapterPage(chapter: Chapter, chapters: Chapter[]): string {
  const others = chapters.map(({ name, title }) => {
    const isHere = name === chapter.name;
    const sections =
      isHere && markup`<ul>${headingsOf(chapter.text).map(({ id, title: heading }) => link(`#${id}`, heading))}</ul>`;
    return markup`<li><a href="/guide/${name}"${isHere && markup` aria-current="page"`}>${title}</a>${sections}</li>`;
  });
  const body = markup`
<div class="columns">
  <nav aria-label="Guide"><ul>${others}</ul></nav>
  <main id="content" tabindex="-1">
    <h1>${chapter.title}</h1>
    <div class="prose">${withProblems(markdown(chapter.text))}</div>
  </main>
</div>`;
  return guidePage(`${chapter.title} · Convene`, body);
}

/**
 * Lists all headings, each with the words of its section. A script hides those whose section the search does not find.
 */
function contentsPage(chapters: Chapter[]): string {
  const list = chapters.map(({ name, title, text }) => {
    const [start, ...sections] = sectionsOf(text, 3);
    return markup`
<section class="chapter">
  <h2 data-words="${wordsOf(start!.text)}"><a href="/guide/${name}">${title}</a></h2>
  <ul>${sections.map(
    ({ id, title: heading, text: below }) =>
      markup`<li data-words="${wordsOf(below)}"><a href="/guide/${name}#${id}">${inlineMarkdown(heading)}</a></li>`,
  )}</ul>
</section>`;
  });
  const problems = Object.entries(PROBLEMS).map(
    ([code, { title, help }]) =>
      markup`<li data-words="${wordsOf(help)}"><a href="/problems/${code}">${title} <code>${code}</code></a></li>`,
  );
  const body = markup`
<main id="content" class="contents" tabindex="-1">
  <h1>Guide</h1>
  <p role="status"></p>
  ${list}
  <section class="chapter">
    <h2>Problems</h2>
    <ul>${problems}</ul>
  </section>
</main>`;
  return guidePage('Guide · Convene', body, ['guide-search.js']);
}

const guidePage = (title: string, body: Html, scripts: string[] = []): string =>
  page(title, {
    styles: ['realtime.css', 'realtime-tables.css', 'guide.css'],
    scripts,
    body: markup`
<a class="skip" href="#content">Skip to the content</a>
<header>
  <p class="title"><a href="/">Convene</a></p>
  <form action="/guide" role="search">
    <label>Search the guide <input type="search" name="q" autocomplete="off"></label>
  </form>
  <p class="links"><a href="/guide">Guide</a> <a href="/docs">API reference</a> <a href="/docs/realtime">Live changes</a></p>
</header>
${body}`,
  });

const link = (address: string, text: string): Html => markup`<li><a href="${address}">${inlineMarkdown(text)}</a></li>`;

/** Each word of a text once, in lower case: what the search looks through. */
const wordsOf = (text: string): string => [...new Set(text.toLowerCase().match(/[\p{L}\p{N}_-]+/gu))].join(' ');

/** Codes of problems lead to their pages. */
const withProblems = (html: Html): Html =>
  new Html(
    String(html).replace(/<code>(\w+)<\/code>/g, (all, code: string) =>
      Object.hasOwn(PROBLEMS, code) ? `<a href="/problems/${code}">${all}</a>` : all,
    ),
  );
