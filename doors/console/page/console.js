'use strict';

(() => {
  const { createElement: h, useMemo, useState } = React;
  const { endpoint, query, needsKey } = window.plumbline;

  // GraphiQL remembers queries and tabs from one visit to the next. Whatever
  // looks like a credential is kept for this visit only.
  const secret = /plb_|authorization|x-api-key/i;
  const thisVisit = new Map();
  const storage = {
    get length() {
      return localStorage.length;
    },
    clear() {
      thisVisit.clear();
      localStorage.clear();
    },
    getItem(name) {
      return thisVisit.get(name) ?? localStorage.getItem(name);
    },
    setItem(name, value) {
      if (secret.test(value)) {
        localStorage.removeItem(name);
        thisVisit.set(name, value);
      } else {
        thisVisit.delete(name);
        localStorage.setItem(name, value);
      }
    },
    removeItem(name) {
      thisVisit.delete(name);
      localStorage.removeItem(name);
    },
  };

  // Errors of the whole request (no key, too much at once) come as JSON too,
  // so every answer is shown as it is.
  const fetcher = (key) => async (request, options) => {
    const response = await fetch(endpoint, {
      method: 'POST',
      credentials: 'omit',
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/graphql-response+json, application/json;q=0.9',
        ...(key ? { Authorization: `Bearer ${key}` } : {}),
        ...options?.headers,
      },
      body: JSON.stringify(request),
    });
    return response.json();
  };

  function KeyField({ onKey }) {
    const [typed, setTyped] = useState('');
    const submit = (event) => {
      event.preventDefault();
      onKey(typed.trim());
    };
    return h(
      'form',
      { className: 'key', onSubmit: submit },
      h('label', { htmlFor: 'key' }, 'API key'),
      h('input', {
        id: 'key',
        type: 'password',
        autoComplete: 'off',
        placeholder: 'plb_…',
        value: typed,
        onChange: (event) => setTyped(event.target.value),
      }),
      h('button', { type: 'submit' }, 'Use'),
      h('span', null, 'It is forgotten when you leave this page.'),
    );
  }

  function Console() {
    const [key, setKey] = useState('');
    const ask = useMemo(() => fetcher(key), [key]);
    return h(
      'main',
      null,
      needsKey ? h(KeyField, { onKey: setKey }) : null,
      h(GraphiQL, {
        key, // another key sees another schema: begin again
        fetcher: ask,
        storage,
        defaultQuery: query,
        shouldPersistHeaders: false,
        showPersistHeadersSettings: false,
      }),
    );
  }

  ReactDOM.createRoot(document.getElementById('console')).render(h(Console));
})();
