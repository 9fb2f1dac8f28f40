/** Reads XML of the kind that pictures are: what is not well formed is an error. */

/** Names of the elements in order, after checking that tags match, attributes are quoted and texts are escaped. */
export function elementsOf(xml: string): readonly string[] {
  const names: string[] = [];
  const open: string[] = [];
  let rest = xml;
  const take = (pattern: RegExp): RegExpExecArray => {
    const match = pattern.exec(rest);
    if (!match) throw new Error(`not well formed: ${rest.slice(0, 60)}`);
    rest = rest.slice(match[0].length);
    return match;
  };
  while (rest.trim() !== '') {
    if (!rest.startsWith('<')) {
      const [text] = take(/^[^<]+/);
      checkText(text);
      if (open.length === 0 && text.trim() !== '') throw new Error(`text outside of the picture: ${text}`);
    } else if (rest.startsWith('</')) {
      const [, name] = take(/^<\/([a-z]+)>/);
      if (open.pop() !== name) throw new Error(`</${name}> closes something else`);
    } else {
      const [, name = '', attributes = '', end] = take(/^<([a-z]+)((?:\s+[a-zA-Z:-]+="[^"<]*")*)\s*(\/?)>/);
      for (const [, key, value = ''] of attributes.matchAll(/([a-zA-Z:-]+)="([^"]*)"/g)) {
        checkText(value);
        if (/^on|href$/.test(key ?? '')) throw new Error(`the picture has ${key}`);
      }
      names.push(name);
      if (end !== '/') open.push(name);
    }
  }
  if (open.length > 0) throw new Error(`<${open.at(-1)}> is not closed`);
  return names;
}

function checkText(text: string): void {
  const bare = text.replace(/&(amp|lt|gt|quot);/g, '');
  // oxlint-disable-next-line no-control-regex
  if (/[&<]|NaN|undefined|[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(bare)) {
    throw new Error(`not escaped, or no number: ${text}`);
  }
}
