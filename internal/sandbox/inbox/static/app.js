// The page works without this file. With it, links and forms no longer load the page
// anew, and what changes on the platform is shown as it happens.
//
// Whatever comes from the server is the page, or a part of it, as it should be; patch
// changes what is there as little as it can. What somebody types, has scrolled to or
// has opened is the browser's, and so is what has data-own: patch never touches it.
'use strict';

const parser = new DOMParser();
const byId = (id) => document.getElementById(id);
const idOf = (node) => node.getAttribute?.('id'); // form.id is its field named id
const isWriting = (element) => Boolean(element?.matches?.('input:not([type=radio], [type=checkbox]), textarea, select'));

// --- Patching -------------------------------------------------------------------

function patch(have, want) {
  if (have.nodeType !== Node.ELEMENT_NODE) {
    if (have.data !== want.data) have.data = want.data;
    return;
  }
  if (have.hasAttribute('data-own')) return;
  const fits = (name) => name !== 'open' || have.tagName !== 'DETAILS';
  for (const { name, value } of want.attributes) {
    if (!fits(name) || have.getAttribute(name) === value) continue;
    have.setAttribute(name, value);
    if (name === 'checked') have.checked = true; // also where somebody has chosen before
  }
  for (const { name } of [...have.attributes]) {
    if (fits(name) && !want.hasAttribute(name)) have.removeAttribute(name);
  }
  patchChildren(have, want);
}

// Elements with an id keep their identity wherever they move; of the others, one that
// is like what is wanted becomes it.
function patchChildren(have, want) {
  const kept = new Map();
  for (const child of have.children) if (idOf(child)) kept.set(idOf(child), child);
  const wanted = new Set([...want.children].map(idOf));
  let at = have.firstChild;
  const pass = () => {
    while (at && idOf(at) && !wanted.has(idOf(at))) at = remove(at);
  };
  for (const next of want.childNodes) {
    pass();
    const same = idOf(next) ? kept.get(idOf(next)) : null;
    if (same && same !== at) {
      move(have, same, at);
      patch(same, next);
    } else if (at && (same || (!idOf(next) && isAlike(at, next)))) {
      patch(at, next);
      at = at.nextSibling;
    } else {
      have.insertBefore(document.importNode(next, true), at);
    }
  }
  while (at) at = remove(at);
}

const isAlike = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName && !idOf(a);

function remove(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}

// An element that is moved keeps the focus; older browsers have to be told.
function move(parent, child, before) {
  if (parent.moveBefore) return parent.moveBefore(child, before);
  const focused = child.contains(document.activeElement) ? document.activeElement : null;
  parent.insertBefore(child, before);
  focused?.focus({ preventScroll: true });
}

// A conversation that was read to its end stays at its end. When the sandbox was started
// again with another world, a room is somebody else's, for whom nothing was written.
function patchPart(part, want) {
  const { room, customer } = byId('room').dataset;
  const log = byId('log-' + byId('room')?.dataset.room);
  const atEnd = log && log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  patch(part, want);
  if (atEnd) log.scrollTop = log.scrollHeight;
  if (byId('room').dataset.room !== room || byId('room').dataset.customer === customer) return;
  for (const field of document.querySelectorAll('[data-draft]')) {
    if (field.value) say('This room is another customer’s now. What you were writing was not sent.', true);
    field.value = '';
  }
}

const draftOf = (field) => byId('room').dataset.customer + ' ' + field.id;

// --- The page, and what is new on it ----------------------------------------------

let visits = 0;
let stream;
const waiting = new Map(); // parts that came while somebody was writing inside them
const drafts = new Map(); // what was typed into the fields of rooms that are not open

// show puts a page in the place of this one.
function show(page) {
  const room = byId('room').dataset.room;
  document.documentElement.toggleAttribute('data-theme', false);
  const theme = page.documentElement.dataset.theme;
  if (theme) document.documentElement.dataset.theme = theme;
  patchPart(document.body, page.body);
  waiting.clear();
  for (const form of document.querySelectorAll('form[data-instant]')) {
    if (!form.contains(document.activeElement) || !isWriting(document.activeElement)) form.reset();
  }
  for (const field of document.querySelectorAll('[data-draft]')) {
    if (!field.value && drafts.has(draftOf(field))) field.value = drafts.get(draftOf(field));
  }
  if (byId('room').dataset.room !== room) toEnd();
}

function toEnd() {
  for (const log of document.querySelectorAll('[data-bottom]')) log.scrollTop = log.scrollHeight;
}

// visit asks the server for a page and shows it, unless a newer one was asked for.
async function visit(address, options = {}) {
  const visited = ++visits;
  let answer, text;
  try {
    answer = await fetch(address, { headers: { Accept: 'text/html' }, ...options });
    text = await answer.text();
  } catch {
    say(`${options.method ? 'Not sent' : 'Not shown'}: the sandbox does not answer.`, true);
    return false;
  }
  const page = parser.parseFromString(text, 'text/html');
  if (!page.getElementById('app')) {
    say(text.slice(0, 200));
    return false;
  }
  if (visited === visits) {
    show(page);
    if (answer.ok && answer.url !== location.href) history.pushState(null, '', answer.url);
    listen();
  }
  return answer.ok;
}

// say tells those who hear the page; what nobody may miss is seen, too, until somebody
// clicks.
function say(what, isSeen = false) {
  const status = byId('status');
  status.textContent = what;
  status.classList.toggle('unseen', !isSeen);
}

function listen() {
  const address = byId('app').dataset.events;
  if (stream?.address === address && stream.readyState !== EventSource.CLOSED) return;
  stream?.close();
  stream = new EventSource(address);
  stream.address = address;
  stream.onopen = () => delete document.documentElement.dataset.lost;
  stream.onerror = () => (document.documentElement.dataset.lost = '');
  for (const name of ['bar', 'rooms', 'room', 'timeline']) {
    stream.addEventListener(name, (event) => arrive(name, event.data));
  }
}

// arrive shows a part of the page that has changed. A list in which somebody is writing
// does not move under their hands: it waits until they are done.
function arrive(name, html) {
  const part = byId(name);
  const field = document.activeElement;
  if (field?.matches('[data-hold]') && field.value && part.contains(field)) {
    waiting.set(name, html);
    return;
  }
  waiting.delete(name);
  patchPart(part, parser.parseFromString(html, 'text/html').body.firstElementChild);
}

function release() {
  for (const [name, html] of [...waiting]) arrive(name, html);
}

// --- What people do ----------------------------------------------------------------

async function submit(form, button) {
  const data = new FormData(form, button);
  if (form.method === 'get') {
    const query = new URLSearchParams([...data].filter(([, value]) => value !== ''));
    await visit('/?' + query);
    return;
  }
  // What is sent leaves the fields at once, so that one can write on; what the sandbox
  // does not take comes back.
  const fields = form.hasAttribute('data-clear') ? [...form.querySelectorAll('input:not([type=hidden], [type=radio]), textarea')] : [];
  const sent = fields.map((field) => field.value);
  const { customer } = byId('room').dataset;
  fields.forEach((field) => fill(field, ''));
  form.setAttribute('aria-busy', 'true');
  const done = await visit(form.action, { method: 'POST', body: new URLSearchParams(data) });
  form.removeAttribute('aria-busy');
  const told = form.closest('.sheet')?.querySelector('.failure'); // a sheet covers the notice
  if (told) told.textContent = done ? '' : byId('notice').querySelector('p:not(.lost)')?.textContent;
  if (!done) {
    const comesBack = byId('room').dataset.customer === customer;
    fields.forEach((field, at) => comesBack && !field.value && fill(field, sent[at]));
    return;
  }
  say(form.dataset.done ?? 'Done.', 'done' in form.dataset);
  if ('done' in form.dataset) document.querySelector('.entry.opened')?.scrollIntoView({ block: 'nearest' });
  if (!fields.length) form.reset();
  if (form.matches('.composer')) toEnd();
  const menu = form.closest('details:is(.new, .act)');
  if (menu) fold(menu);
  release();
}

function fill(field, text) {
  field.value = text;
  if (field.matches('[data-draft]')) drafts.set(draftOf(field), text);
}

function fold(menu) {
  const holdsFocus = menu.contains(document.activeElement);
  menu.open = false;
  if (holdsFocus) menu.querySelector('summary').focus();
}

let soon;
function instantly(form, delay) {
  clearTimeout(soon);
  soon = setTimeout(() => submit(form), delay);
}

document.addEventListener('click', (event) => {
  byId('status').classList.add('unseen');
  const link = event.target.closest('a[href^="/"]');
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
    event.preventDefault();
    visit(link.href);
  }
  for (const menu of document.querySelectorAll('details:is(.new, .act, .facts)[open]')) {
    if (!menu.contains(event.target)) menu.removeAttribute('open');
  }
});

document.addEventListener('submit', (event) => {
  event.preventDefault();
  clearTimeout(soon);
  submit(event.target, event.submitter);
});

document.addEventListener('input', (event) => {
  const field = event.target;
  if (field.matches('[data-draft]')) drafts.set(draftOf(field), field.value);
  if (field.matches('[data-instant] [type=search]')) instantly(field.form, 250);
});

document.addEventListener('change', (event) => {
  if (event.target.id === 'keys') localStorage.setItem('keys', event.target.checked ? 'on' : 'off');
  if (event.target.matches('[data-instant] :is(select, [type=checkbox])')) instantly(event.target.form, 0);
});

document.addEventListener('focusout', () => setTimeout(release));

// A row's field for writing is ready as soon as it can be seen.
document.addEventListener('toggle', (event) => {
  if (event.target.matches?.('details:is(.new, .act, .write)') && event.target.open) {
    event.target.querySelector('input:not([type=hidden]), textarea, select, .panel button')?.focus();
  }
}, true);

// --- The keyboard -----------------------------------------------------------------

function step(by) {
  const links = [...document.querySelectorAll('#room-list .open')];
  const at = links.findIndex((link) => link.hasAttribute('aria-current'));
  const next = links[Math.min(Math.max(at + by, 0), links.length - 1)];
  next?.scrollIntoView({ block: 'nearest' });
  next?.focus();
  next?.click();
}

function write(by) {
  byId('by-' + by)?.click();
  document.querySelector('[data-draft]')?.focus();
}

function unfold(selector) {
  const menu = document.querySelector(selector);
  if (menu) menu.open = !menu.open;
}

const shortcuts = {
  '/': () => byId('search').focus(),
  j: () => step(1),
  k: () => step(-1),
  n: () => unfold('#new-customer'),
  w: () => write('customer'),
  a: () => write('agent'),
  t: () => byId('takeover')?.click(),
  e: () => unfold('[data-act=resolve]'),
  f: () => byId('filter').focus(),
  '?': () => byId('shortcuts').togglePopover(),
};

document.addEventListener('keydown', (event) => {
  const field = event.target;
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'Escape') {
    const menu = field.closest?.('details[open]');
    if (menu) fold(menu);
    else if (isWriting(field)) field.blur();
  } else if (event.key === 'Enter' && !event.shiftKey && field.matches('textarea[data-enter]')) {
    event.preventDefault();
    field.form.requestSubmit();
  } else if (!isWriting(field) && byId('keys').checked && shortcuts[event.key]) {
    event.preventDefault();
    shortcuts[event.key]();
  }
});

// --- Begin ------------------------------------------------------------------------

window.addEventListener('popstate', () => visit(location.href));

// A page that nobody sees needs no news, and leaves its connection to others.
document.addEventListener('visibilitychange', () => {
  if (document.hidden) stream?.close();
  else listen();
});

document.documentElement.dataset.live = '';
byId('keys').checked = localStorage.getItem('keys') !== 'off';
toEnd();
listen();
