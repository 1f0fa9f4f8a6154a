import { isMap, isPair, isScalar, isSeq, type Node, parseAllDocuments, visit } from 'yaml';
import { decode } from '../manifests/text';
import type { ArtifactFile } from './tar';

/** Container lists in every kind of workload, including custom ones. */
const CONTAINERS = new Set(['containers', 'initContainers', 'ephemeralContainers']);

interface Found {
  readonly image: string;
  /** Position in the text, including quotes. */
  readonly start: number;
  readonly end: number;
}

/** Every image used by containers and image volumes in the files, without duplicates, sorted by name. */
export function imagesIn(files: readonly ArtifactFile[]): readonly string[] {
  return [...new Set(files.flatMap((file) => find(textOf(file)).map(({ image }) => image)))].sort();
}

/** The files with images replaced; everything else is unchanged, including comments and order. */
export function replaceImages(files: readonly ArtifactFile[], images: ReadonlyMap<string, string>): readonly ArtifactFile[] {
  return files.map((file) => {
    let text = textOf(file);
    for (const { image, start, end } of find(text).sort((a, b) => b.start - a.start)) {
      const replacement = images.get(image);
      if (replacement !== undefined) text = text.slice(0, start) + JSON.stringify(replacement) + text.slice(end);
    }
    return text === textOf(file) ? file : { ...file, content: Buffer.from(text) };
  });
}

function textOf({ path, content }: ArtifactFile): string {
  if (!/\.(ya?ml|json)$/.test(path)) return '';
  const decoded = decode(content);
  return 'text' in decoded ? decoded.text : '';
}

function find(text: string): Found[] {
  // Parsing is slow, and most files without workloads are easy to recognize.
  if (!/image|reference/.test(text)) return [];
  const found = new Map<number, Found>();
  for (const document of [...parseAllDocuments(text)]) {
    visit(document, {
      Pair(_key, { key, value }) {
        if (!isScalar(key) || !isSeq(value)) return undefined;
        const containers = CONTAINERS.has(String(key.value));
        if (!containers && key.value !== 'volumes') return undefined;
        for (const item of value.items) {
          const image = containers ? valueAt(item, 'image') : valueAt(valueAt(item, 'image'), 'reference');
          if (!isScalar(image) || typeof image.value !== 'string' || !image.range) continue;
          const [start, end] = image.range;
          found.set(start, { image: image.value, start, end });
        }
        return undefined;
      },
    });
  }
  return [...found.values()];
}

function valueAt(node: unknown, name: string): Node | undefined {
  if (!isMap(node)) return undefined;
  const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === name);
  return isScalar(pair?.value) || isMap(pair?.value) ? pair.value : undefined;
}
