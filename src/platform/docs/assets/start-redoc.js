Redoc.init(
  '/openapi.json',
  { expandResponses: '200,201', jsonSampleExpandLevel: 3 },
  document.getElementById('reference'),
);
