/**
 * Answers that an ALB makes itself: its error pages, fixed responses and redirects. `Server: awselb/2.0` tells them from
 * answers of targets, as in AWS. Called by load-balancer.ts and forward-request.ts.
 */
import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import { pathOf } from './rule-matcher.ts';
import type { FixedResponseAction, RedirectAction } from './routing-table.ts';

const LOAD_BALANCER_SERVER = 'awselb/2.0';

/** An error page, with the body that ALB users know. */
export function answerAsLoadBalancer(response: ServerResponse, statusCode: number): void {
  if (response.headersSent || response.destroyed) return;
  const title = `${statusCode} ${STATUS_CODES[statusCode] ?? ''}`.trim();
  const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`;
  end(response, statusCode, { 'content-type': 'text/html' }, body);
}

export function answerFixed(response: ServerResponse, action: FixedResponseAction): void {
  end(
    response,
    action.statusCode,
    { 'content-type': `${action.contentType}; charset=utf-8` },
    action.body,
  );
}

export function answerRedirect(
  request: IncomingMessage,
  response: ServerResponse,
  action: RedirectAction,
): void {
  const [host = '', port = ''] = (request.headers.host ?? '').split(':');
  const url = request.url ?? '/';
  const path = pathOf(url);
  const fill = (text: string): string =>
    text
      .replaceAll('#{protocol}', 'http')
      .replaceAll('#{host}', host)
      .replaceAll('#{port}', port)
      .replaceAll('#{path}', path.replace(/^\//, ''))
      .replaceAll('#{query}', url.slice(path.length + 1));
  const query = fill(action.query);
  const target = `${fill(action.protocol).toLowerCase()}://${fill(action.host)}:${fill(action.port)}${fill(action.path)}`;
  end(response, action.statusCode, { location: query === '' ? target : `${target}?${query}` }, '');
}

function end(
  response: ServerResponse,
  statusCode: number,
  headers: Readonly<Record<string, string>>,
  body: string,
): void {
  response.writeHead(statusCode, {
    ...headers,
    server: LOAD_BALANCER_SERVER,
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}
