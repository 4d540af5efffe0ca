import { join } from 'node:path';
import { execa } from 'execa';

export interface Certificates {
  ca: string;
  server: { cert: string; key: string };
  client: { cert: string; key: string };
}

/** An authority, and by it a server at 127.0.0.1 and a client: paths of PEM files below `folder`. */
export async function makeCertificates(folder: string): Promise<Certificates> {
  const script = `set -e; mkdir -p "$1"; cd "$1"
    new="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
    openssl req -x509 $new -days 2 -subj /CN=authority -keyout ca-key.pem -out ca.pem
    for of in server client; do
      openssl req $new -subj /CN=$of -keyout $of-key.pem -out $of.csr
      printf 'subjectAltName=IP:127.0.0.1\\nextendedKeyUsage=%sAuth\\n' $of > $of.ext
      openssl x509 -req -in $of.csr -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 2 -extfile $of.ext -out $of.pem
    done`;
  await execa('sh', ['-c', script, 'sh', folder]);
  const pair = (of: string) => ({ cert: join(folder, `${of}.pem`), key: join(folder, `${of}-key.pem`) });
  return { ca: join(folder, 'ca.pem'), server: pair('server'), client: pair('client') };
}
