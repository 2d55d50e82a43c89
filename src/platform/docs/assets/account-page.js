// Sends the token of the link, which follows `#`, with what was entered.
const token = location.hash.slice(1);
// It should not stay in the history of the browser.
history.replaceState(null, '', location.pathname);

// Everybody starts in the time zone of their device.
for (const input of document.querySelectorAll('input[name=time_zone]')) {
  input.value = Intl.DateTimeFormat().resolvedOptions().timeZone;
}

const forms = [...document.querySelectorAll('form')];
const status = document.querySelector('[role=status]');
const sections = [...document.querySelectorAll('[data-choice]'), ...forms];
const show = (visible) => {
  for (const section of sections) section.hidden = !visible;
};
// Over the forms, so that nobody has to look for it.
const say = (text, isDone) => {
  status.textContent = text;
  status.dataset.kind = isDone ? 'done' : 'refused';
};
if (token === '') say('This link is not complete. Open the link in the mail again.', false);
show(token !== '');

async function send(form) {
  form.querySelector('button').disabled = true;
  try {
    const response = await fetch(form.dataset.action, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ [form.dataset.token ?? 'token']: token, ...Object.fromEntries(new FormData(form)) }),
    });
    const answer = response.status === 204 ? {} : await response.json();
    const problem = answer.errors?.map(({ message }) => message).join(' ') ?? answer.title;
    const { done, waiting = done } = status.dataset;
    say(response.ok ? (answer.complete === false ? waiting : done) : problem, response.ok);
    if (response.ok) {
      show(false);
      document.querySelector('.next').hidden = false;
    }
  } catch {
    say('The server cannot be reached. Try again.', false);
  }
  form.querySelector('button').disabled = false;
}

for (const form of forms) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void send(form);
  });
}
