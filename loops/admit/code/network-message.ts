const UNREACHED = /\b(?:ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|getaddrinfo|fetch failed)\b/;
const REFUSED = /\bECONNREFUSED\s+(\S+)/;
const LOOPBACK = /^(?:127\.|::1|\[::1\]|localhost\b)/;

/** Whether a failure is that of a connection to elsewhere. A refused one on this host is the test's own server. */
export function speaksOfNetwork(message: string): boolean {
  const host = REFUSED.exec(message)?.[1];
  return UNREACHED.test(message) || (host !== undefined && !LOOPBACK.test(host));
}
