/**
 * What npm, git, curl, pip, apt, cargo and Node's own `fetch` (from Node 22.21 on) read to find a proxy, each by names of its own. The
 * sandbox's own services are reached without it.
 */
export function proxyEnvironment(port: number): Record<string, string> {
  const proxy = `http://127.0.0.1:${port}`;
  const own = 'localhost,127.0.0.1,::1';
  return {
    HTTP_PROXY: proxy,
    HTTPS_PROXY: proxy,
    ALL_PROXY: proxy,
    NO_PROXY: own,
    // curl reads this one in lower case alone.
    http_proxy: proxy,
    https_proxy: proxy,
    all_proxy: proxy,
    no_proxy: own,
    npm_config_proxy: proxy,
    npm_config_https_proxy: proxy,
    npm_config_noproxy: own,
    NODE_USE_ENV_PROXY: '1',
  };
}
