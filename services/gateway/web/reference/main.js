/** Shows the API's description with Swagger UI. Knows nothing of what it says. */

import DOMPurify from "../vendor/dompurify-3.4.18/purify.es.mjs";

// Swagger UI sets HTML as text, which the page's policy forbids: all of it goes through the sanitiser.
window.trustedTypes?.createPolicy("default", { createHTML: (html) => DOMPurify.sanitize(html) });

window.SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#reference",
  deepLinking: true,
  // Else a badge is asked of a server elsewhere.
  validatorUrl: null,
});
