/**
 * As it loads, the bundle of the AsyncAPI component makes validators for a parser that the page doesn't use, by
 * evaluating text, which our pages don't allow. While it loads it gets functions that do nothing instead.
 */
export const BEFORE_ASYNCAPI = `window.evaluate = Function;
window.Function = Object.assign(function () { return () => () => true; }, { prototype: Function.prototype });
`;

/**
 * Shows `/asyncapi.json`. A document that is known to be valid needs no parser: only the references put in place, and
 * each part told what it is called.
 */
export const START_ASYNCAPI = `window.Function = window.evaluate;

const name = (parts, as = 'x-parser-unique-object-id') => {
  for (const [key, part] of Object.entries(parts)) part[as] = key;
};

function resolve(node, root) {
  if (Array.isArray(node)) return node.map((part) => resolve(part, root));
  if (typeof node !== 'object' || node === null) return node;
  if ('$ref' in node) return resolve(node.$ref.slice(2).split('/').reduce((part, key) => part[key], root), root);
  return Object.fromEntries(Object.entries(node).map(([key, part]) => [key, resolve(part, root)]));
}

fetch('/asyncapi.json')
  .then((response) => response.json())
  .then((root) => {
    const { channels, components, operations, servers } = root;
    for (const server of Object.values(servers)) {
      server.host = location.host;
      delete server.variables;
    }
    for (const { messages } of Object.values(channels)) name(messages);
    name(channels);
    name(operations);
    name(servers);
    name(components.schemas, 'x-parser-schema-id');
    AsyncApiStandalone.render(
      {
        schema: { ...resolve(root, root), 'x-parser-spec-parsed': true, 'x-parser-api-version': 3 },
        config: {
          show: { sidebar: true, errors: false },
          expand: { messageExamples: true },
          sendLabel: 'Sends',
          replyLabel: 'Answers',
        },
      },
      document.getElementById('reference'),
    );
  });
`;
