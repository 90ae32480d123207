// Keeps the status page fresh: asks for it again and changes only what differs, so that nothing
// flickers, and scroll, focus and selection stay. Says so when no answer comes.
'use strict';

const kIntervalMilliseconds = 5000;
const kTimeoutMilliseconds = 10000;

const idOf = (node) => (node.nodeType === Node.ELEMENT_NODE ? node.id : '');

const idsIn = (node) => new Set([...node.childNodes].map(idOf).filter((id) => id !== ''));

function isSame(a, b) {
  return a.nodeType === b.nodeType && a.nodeName === b.nodeName && idOf(a) === idOf(b);
}

function morphAttributes(from, to) {
  for (const {name} of [...from.attributes]) {
    if (!to.hasAttribute(name)) from.removeAttribute(name);
  }
  for (const {name, value} of to.attributes) {
    if (from.getAttribute(name) !== value) from.setAttribute(name, value);
  }
}

// Rows have ids: one that is gone is taken out, a new one is put in where it belongs, and the others
// remain the same elements.
function morphChildren(from, to) {
  const wanted = idsIn(to);
  let current = from.firstChild;
  for (const next of to.childNodes) {
    while (current && idOf(current) !== '' && !wanted.has(idOf(current))) {
      const gone = current;
      current = current.nextSibling;
      gone.remove();
    }
    if (current && isSame(current, next)) {
      morph(current, next);
      current = current.nextSibling;
    } else {
      const isElsewhere = current && (idOf(current) !== '' || idOf(next) !== '');
      from.insertBefore(document.importNode(next, true), current);
      if (current && !isElsewhere) {
        const replaced = current;
        current = current.nextSibling;
        replaced.remove();
      }
    }
  }
  while (current) {
    const gone = current;
    current = current.nextSibling;
    gone.remove();
  }
}

// Makes `from` equal to `to`.
function morph(from, to) {
  if (from.isEqualNode(to)) return;
  if (from.nodeType !== Node.ELEMENT_NODE) {
    from.nodeValue = to.nodeValue;
    return;
  }
  morphAttributes(from, to);
  morphChildren(from, to);
}

// Changes the text only when it is another one: it is read out each time it changes.
function say(text) {
  const connection = document.getElementById('connection');
  if (connection.textContent !== text) connection.textContent = text;
}

async function freshPage() {
  const response = await fetch(location.href, {
    cache: 'no-store',
    signal: AbortSignal.timeout(kTimeoutMilliseconds),
  });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  const live = new DOMParser().parseFromString(await response.text(), 'text/html').getElementById('live');
  if (!live) throw new Error('another page');
  return live;
}

let shownAt = new Date();
let timer;

async function refresh() {
  clearTimeout(timer);
  try {
    const live = await freshPage();
    morph(document.getElementById('live'), live);
    shownAt = new Date();
    say('');
  } catch {
    say(`Connection to the exporter lost. This is what it showed at ${shownAt.toLocaleTimeString()}.`);
  }
  schedule();
}

// A page that nobody sees asks for nothing.
function schedule() {
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(refresh, kIntervalMilliseconds);
}

document.addEventListener('visibilitychange', () => (document.hidden ? clearTimeout(timer) : refresh()));
schedule();
