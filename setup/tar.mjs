// A small reader of tar archives (ustar, with the pax and GNU long names that npm packages may carry).
const BLOCK = 512;

/**
 * Yields the regular files of a tar archive as `{ path, data }`. Links and devices are left out; a path that could leave
 * the folder it is unpacked into (absolute, a drive, or with "..") is an error, as is a damaged header.
 */
export function* readTar(buffer) {
  let offset = 0;
  let longPath;
  while (offset + BLOCK <= buffer.length) {
    const header = buffer.subarray(offset, offset + BLOCK);
    if (header.every((byte) => byte === 0)) return;
    checkSum(header, offset);
    const size = octal(header.subarray(124, 136));
    const type = String.fromCharCode(header[156]);
    const start = offset + BLOCK;
    if (start + size > buffer.length) throw new Error('the archive is cut off');
    const data = buffer.subarray(start, start + size);
    offset = start + Math.ceil(size / BLOCK) * BLOCK;
    if (type === 'x') longPath = paxPath(data) ?? longPath;
    else if (type === 'L') longPath = text(data);
    else {
      const path = longPath ?? ustarPath(header);
      longPath = undefined;
      if (type === '0' || type === '\0') yield { path: safePath(path), data };
    }
  }
}

function text(bytes) {
  const end = bytes.indexOf(0);
  return bytes.subarray(0, end < 0 ? bytes.length : end).toString('utf8');
}

function octal(bytes) {
  const digits = text(bytes).trim();
  if (!/^[0-7]*$/.test(digits)) throw new Error('the archive has a size that is not a number');
  return digits === '' ? 0 : Number.parseInt(digits, 8);
}

function checkSum(header, offset) {
  let sum = 0;
  // The field itself counts as spaces.
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 32 : header[i];
  if (sum !== octal(header.subarray(148, 156))) throw new Error(`the archive is damaged at byte ${offset}`);
}

function ustarPath(header) {
  const name = text(header.subarray(0, 100));
  const prefix = text(header.subarray(257, 262)) === 'ustar' ? text(header.subarray(345, 500)) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

// A pax record is "LENGTH key=value\n", LENGTH counting all of it in bytes.
function paxPath(data) {
  let at = 0;
  while (at < data.length) {
    const space = data.indexOf(32, at);
    const length = Number.parseInt(data.subarray(at, space).toString('utf8'), 10);
    if (space < 0 || !(length > 0)) throw new Error('the archive has a damaged pax header');
    const record = data.subarray(space + 1, at + length - 1).toString('utf8');
    if (record.startsWith('path=')) return record.slice('path='.length);
    at += length;
  }
  return undefined;
}

function safePath(path) {
  const parts = path.split(/[/\\]/);
  if (path === '' || parts[0] === '' || parts.includes('..') || /^[A-Za-z]:/.test(path)) {
    throw new Error(`the archive has an unsafe path: ${JSON.stringify(path)}`);
  }
  return parts.filter((part) => part !== '.').join('/');
}
