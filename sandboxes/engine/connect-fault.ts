import { homedir } from 'node:os';
import { SandboxFault } from '../fault.ts';
import { type Endpoint, formatEndpoint } from './endpoint.ts';

/** Why no engine could be had at an endpoint, and the next step. */
export function connectFault(error: unknown, endpoint: Endpoint): SandboxFault {
  if (error instanceof SandboxFault) return error;
  const where = formatEndpoint(endpoint);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'EACCES' || code === 'EPERM') {
    return new SandboxFault('no-permission', `This user may not talk to the Docker Engine at ${where}.`, {
      hint: 'Join its group and log in again: `sudo usermod -aG docker "$USER" && newgrp docker`; or run the command as root.',
      cause: error,
    });
  }
  const why = error instanceof Error ? error.message.trim() : String(error);
  return new SandboxFault('no-engine', `No Docker Engine answers at ${where} (${why}).`, {
    hint: nextStep(endpoint, code, why),
    cause: error,
  });
}

function nextStep(endpoint: Endpoint, code: string, why: string): string {
  const where = formatEndpoint(endpoint);
  if (endpoint.kind === 'unix') return `${startCommand()} When it runs elsewhere, set DOCKER_HOST.`;
  if (endpoint.kind === 'ssh') {
    const login = `ssh ${endpoint.port === undefined ? '' : `-p ${endpoint.port} `}${endpoint.user === undefined ? '' : `${endpoint.user}@`}${endpoint.host}`;
    if (/host key verification failed/i.test(why))
      return `Log in once by hand, compare the fingerprint and accept it: \`${login}\`. A key that changed is removed by \`ssh-keygen -R\`.`;
    if (/permission denied/i.test(why))
      return `Let this user log in without a password: \`ssh-add\` its key, or \`ssh-copy-id\`; \`${login} true\` must work by itself.`;
    return `See that \`${login} docker version\` works by itself.`;
  }
  if (endpoint.kind === 'tcp' && /HTTP request to an HTTPS server/i.test(why))
    return 'It speaks TLS: set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH to a folder with ca.pem, cert.pem and key.pem.';
  if (endpoint.kind === 'tls') {
    if (code === 'EPROTO' && /wrong version number/i.test(why))
      return 'It speaks no TLS: unset DOCKER_TLS_VERIFY, and let nobody but you reach that port.';
    if (/ALERT/.test(code) || /alert/i.test(why))
      return 'It wants a certificate of a client that it knows: see cert.pem and key.pem in DOCKER_CERT_PATH.';
    if (/CERT|ALTNAME|SELF_SIGNED|ISSUER|SIGNATURE/.test(code))
      return 'Its certificate is not of the authority that you named, or for another host: see ca.pem in DOCKER_CERT_PATH.';
  }
  return `See that the engine there runs and is reachable: \`docker -H ${where} info\`.`;
}

function startCommand(): string {
  if (process.platform === 'darwin')
    return `Start Docker Desktop (its socket is in ${homedir()}/.docker/run).`;
  return 'On Debian or Ubuntu: `sudo apt-get install docker.io && sudo systemctl start docker`.';
}
