/** What the engine tells of a pull, an import or a load, of which a line is held at most. */
const lineChars = 64 * 1024;

/**
 * Waits for the end of what the engine tells as it works. Throws where it says that it failed, which it does in a line
 * like any other, and where it stops before its end (`ERR_STREAM_PREMATURE_CLOSE`, `ECONNRESET`): an engine that died.
 * dockerode's own takes both for success.
 */
export async function followProgress(stream: NodeJS.ReadableStream): Promise<void> {
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + String(chunk)).split('\n');
    rest = (lines.pop() ?? '').slice(-lineChars);
    for (const line of lines) throwIfFailed(line);
  }
  throwIfFailed(rest);
}

function throwIfFailed(line: string): void {
  if (!line.includes('"error"')) return;
  const { error }: { error?: unknown } = JSON.parse(line);
  if (error !== undefined) throw new Error(String(error));
}
