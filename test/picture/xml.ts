/** Reads the XML that pictures are made of; throws on what is not well-formed. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  /** Directly in it. */
  readonly text: string;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };
const decoded = (text: string): string =>
  text.replace(/&(\w*);?/g, (all, name: string) => {
    const char = entities[name];
    if (char === undefined || !all.endsWith(';')) throw new Error(`no entity ${all}`);
    return char;
  });

export function read(xml: string): Element {
  const root = { name: '', attributes: {}, children: [] as Element[], text: '' };
  const open = [root];
  for (const [, close, name, given, empty, text] of xml.matchAll(
    /<(\/?)([\w-]+)((?:\s[\w:-]+="[^"<]*")*)(\/?)>|([^<]+)|</g,
  )) {
    const top = open.at(-1);
    if (top === undefined) throw new Error('closed too often');
    if (text !== undefined) {
      top.text += decoded(text);
      continue;
    }
    if (name === undefined) throw new Error(`a stray < in ${top.name}`);
    if (close === '/') {
      if (top.name !== name) throw new Error(`${top.name} is closed by ${name}`);
      open.pop();
      continue;
    }
    const pairs = [...(given ?? '').matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [
      key,
      decoded(value),
    ]);
    if (new Set(pairs.map(([key]) => key)).size < pairs.length) throw new Error(`an attribute of ${name} stands twice`);
    const element = { name, attributes: Object.fromEntries(pairs), children: [] as Element[], text: '' };
    top.children.push(element);
    if (empty !== '/') open.push(element);
  }
  const [only] = root.children;
  if (open.length !== 1 || only === undefined || root.children.length > 1) throw new Error('not one whole element');
  return only;
}

export const all = (element: Element): readonly Element[] => [element, ...element.children.flatMap(all)];
