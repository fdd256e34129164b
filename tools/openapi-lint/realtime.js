// Teaches Redocly the document's own section x-realtime, so that it looks into it: at its
// references, schemas and examples.
'use strict';

const message = {
  properties: {
    summary: { type: 'string' },
    clients: { enum: ['subscribe', 'publish and subscribe'] },
    retained: { type: 'boolean' },
    content: 'MediaTypesMap',
  },
  required: ['summary', 'content'],
};

module.exports = () => ({
  id: 'realtime',
  typeExtension: {
    oas3: (types) => ({
      ...types,
      Root: { ...types.Root, properties: { ...types.Root.properties, 'x-realtime': 'Realtime' } },
      Realtime: { properties: { lookup: 'RealtimeMessage', push: 'RealtimeMessage', topics: 'RealtimeTopics' } },
      RealtimeTopics: { properties: {}, additionalProperties: 'RealtimeMessage' },
      RealtimeMessage: message,
    }),
  },
});
