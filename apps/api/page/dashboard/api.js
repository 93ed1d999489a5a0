/** Relative, so that the page works behind a proxy that puts it below a path. */
export const basePath = 'api/migration/firestore-to-dynamodb';

/** An error response of the server, or a network error; the message is shown to the user. */
export class ApiProblem extends Error {
  /**
   * @param {string} message
   * @param {string} code
   * @param {number} status 0 where there was no answer
   */
  constructor(message, code, status) {
    super(message);
    this.name = 'ApiProblem';
    this.code = code;
    this.status = status;
    /** Whether the same request may work a little later. */
    this.mayPass = code === 'UNREACHABLE' || status === 429 || status >= 500;
  }
}

/**
 * Calls `METHOD path` below the base path. Throws an ApiProblem.
 * @template T
 * @param {string} request
 * @param {{ body?: unknown, waitSeconds?: number }} [options]
 * @returns {Promise<T>}
 */
export async function call(request, { body, waitSeconds } = {}) {
  const [method = 'GET', path = ''] = request.split(' ');
  let response;
  try {
    response = await fetch(basePath + path, {
      method,
      headers: {
        Accept: 'application/json',
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(waitSeconds === undefined ? {} : { Prefer: `wait=${waitSeconds}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new ApiProblem("The server can't be reached.", 'UNREACHABLE', 0);
  }
  const answer = await response.json().catch(() => undefined);
  if (response.ok && answer !== undefined) return answer;
  throw problemOf(response.status, answer);
}

/**
 * @param {number} status
 * @param {{ code?: unknown, detail?: unknown } | undefined} answer
 */
function problemOf(status, answer) {
  const code = typeof answer?.code === 'string' ? answer.code : `HTTP_${status}`;
  const detail = typeof answer?.detail === 'string' ? answer.detail : `The server answered with ${status}`;
  const advice = status === 401 ? ' Reload the page to sign in.' : '';
  return new ApiProblem(`${detail.replace(/[.!?]?$/, '.')}${advice}`, code, status);
}
