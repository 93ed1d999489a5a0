import type { RequestHandler } from 'express';
import helmet from 'helmet';

/** The one style sheet that Bull Board's components write into the page: it hides a scroll bar. */
const bullBoardStyle = "'sha256-r2N1TB/gHbBtBZFKg7ejmq1acVSREzucTAEw6ga4hoU='";

/** Everything that a page may load comes from here: no inline scripts or styles, no other site, no frame around it. */
export function securityHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", bullBoardStyle],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    xFrameOptions: { action: 'deny' },
    // Not `no-referrer`: with it a browser sends its own forms with `Origin: null`, as a stranger's.
    referrerPolicy: { policy: 'same-origin' },
  });
}
