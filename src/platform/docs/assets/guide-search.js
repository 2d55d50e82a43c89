// Shows the headings that contain every word of the search, and the chapters that have one.
const input = document.querySelector('input[type=search]');
const status = document.querySelector('[role=status]');
const plain = (text) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

function search() {
  const words = plain(input.value).split(/\s+/).filter(Boolean);
  const has = (element) => words.every((word) => plain(element.textContent).includes(word));
  let count = 0;
  for (const chapter of document.querySelectorAll('.chapter')) {
    const isNamed = has(chapter.querySelector('h2'));
    for (const item of chapter.querySelectorAll('li')) {
      item.hidden = !isNamed && !has(item);
      if (!item.hidden) count += 1;
    }
    chapter.hidden = !isNamed && !chapter.querySelector('li:not([hidden])');
  }
  status.textContent = words.length === 0 ? '' : `${count} ${count === 1 ? 'heading' : 'headings'}`;
}

input.value = new URLSearchParams(location.search).get('q') ?? '';
input.addEventListener('input', search);
input.form.addEventListener('submit', (event) => event.preventDefault());
search();
