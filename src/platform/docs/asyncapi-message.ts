import { type Field, fieldsOf, type NamedSchemas } from './asyncapi-fields.js';
import type { Message } from './asyncapi-model.js';
import { type Html, markup } from '../http/html.js';
import { inlineMarkdown } from './markdown.js';

export const messageAnchor = (channel: string, message: string): string => `${channel}-${message}`;

/** What a message is for, its fields and its examples. `direction` says who sends it. */
export function messageArticle(id: string, message: Message, direction: string, schemas: NamedSchemas): Html {
  const { name, title, summary, contentType, headers, payload, examples } = message;
  return markup`
<article id="${id}" class="message" aria-labelledby="${id}-title">
  <h4 id="${id}-title"><a href="#${id}"><code>${name}</code></a> ${title}</h4>
  <p class="kind">${direction} · ${contentType}</p>
  <p>${inlineMarkdown(summary)}</p>
  ${headers && fieldTable('Headers', headers, schemas)}
  ${payload && fieldTable('Payload', payload, schemas)}
  ${examples.map((example) => exampleFigure(example, examples.length > 1))}
</article>`;
}

/** The fields of an object schema, one per row. */
export function fieldTable(caption: string, schema: object, schemas: NamedSchemas): Html {
  return markup`
<div class="scroll"><table class="fields stacked">
  <caption>${caption}</caption>
  <thead><tr><th scope="col">Name</th><th scope="col">Type</th><th scope="col">Required</th><th scope="col">Description</th></tr></thead>
  <tbody>${fieldsOf(schema, schemas).map(fieldRow)}</tbody>
</table></div>`;
}

function fieldRow({ name, type, isRequired, description, values, limits }: Field): Html {
  const allowed = values.map((value, index) => markup`${index > 0 && ', '}<code>${value}</code>`);
  return markup`
<tr>
  <th scope="row"><code>${name}</code></th>
  <td data-column="Type">${type}</td>
  <td data-column="Required">${isRequired ? 'yes' : 'no'}</td>
  <td>${description !== '' && markup`<p>${inlineMarkdown(description)}</p>`}
    ${values.length > 0 && markup`<p class="values">${values.length > 1 ? 'One of ' : 'Always '}${allowed}</p>`}
    ${limits.length > 0 && markup`<p class="values">${limits.join(', ')}</p>`}</td>
</tr>`;
}

function exampleFigure({ name, headers, payload }: Message['examples'][number], isNamed: boolean): Html {
  const label = isNamed ? `Example: ${name}` : 'Example';
  return markup`
<figure>
  <figcaption>${label}</figcaption>
  ${headers && json('Headers', headers, payload !== undefined)}
  ${payload !== undefined && json('Payload', payload, headers !== undefined)}
</figure>`;
}

function json(label: string, value: unknown, isLabelled: boolean): Html {
  return markup`${isLabelled && markup`<p class="kind">${label}</p>`}<pre><code>${JSON.stringify(value, null, 2)}</code></pre>`;
}
