// Shows the sections that contain every word of the search, by their headings, and the chapters that have one.
const input = document.querySelector('input[type=search]');
const status = document.querySelector('[role=status]');
const plain = (text) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

function search() {
  const words = plain(input.value).split(/\s+/).filter(Boolean);
  const has = (text) => words.every((word) => plain(text).includes(word));
  const inAll = (element) => has(`${element.textContent} ${element.dataset.words ?? ''}`);
  let count = 0;
  for (const chapter of document.querySelectorAll('.chapter')) {
    const heading = chapter.querySelector('h2');
    const isNamed = has(heading.textContent);
    const isStart = inAll(heading);
    for (const item of chapter.querySelectorAll('li')) {
      item.hidden = !isNamed && !inAll(item);
      if (!item.hidden) count += 1;
    }
    if (isStart && !isNamed) count += 1;
    chapter.hidden = !isStart && !chapter.querySelector('li:not([hidden])');
  }
  const found = count === 0 ? 'Nothing found' : `${count} ${count === 1 ? 'section' : 'sections'}`;
  status.textContent = words.length === 0 ? '' : found;
}

input.value = new URLSearchParams(location.search).get('q') ?? '';
input.addEventListener('input', search);
input.form.addEventListener('submit', (event) => event.preventDefault());
search();
