// Light or dark: as the system says until someone chooses.

const place = 'vlm.theme';
const button = document.querySelector('#theme');
const system = matchMedia('(prefers-color-scheme: dark)');

const isDark = () => (localStorage.getItem(place) ?? (system.matches ? 'dark' : 'light')) === 'dark';

function show() {
  document.documentElement.dataset.theme = localStorage.getItem(place) ?? '';
  button.setAttribute('aria-pressed', isDark());
}

button.addEventListener('click', () => {
  localStorage.setItem(place, isDark() ? 'light' : 'dark');
  show();
});
system.addEventListener('change', show);
show();
