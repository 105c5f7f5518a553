/** Whose work stands in a bundle, and under which licence: read from the packages themselves. */

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGES = join(dirname(fileURLToPath(import.meta.url)), 'node_modules');

/** The manifest of a package in a folder. */
export const manifestOf = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

/** The packages whose files stand in a bundle: name, version, licence. @param {object} inputs of esbuild */
export function partsOf(inputs) {
  const found = Object.keys(inputs)
    .map((path) => /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1])
    .filter((name) => name !== undefined);
  return [...new Set(found)].sort().map((name) => {
    const { version, license } = manifestOf(join(PACKAGES, name));
    return { name, version, licence: license };
  });
}

/** The text of a package's licence. */
export const licenceText = (name) => readFileSync(join(PACKAGES, name, 'LICENSE'), 'utf8').trim();

/** A text without its line breaks and the form of its quotation marks, in which packages differ. */
const wordsOf = (text) => text.replace(/[“”]/g, '"').replace(/\s+/g, ' ').trim();

/**
 * What a file that is handed on alone says of its parts: names and licences, each holder of a right,
 * the text of the MIT licence once; of the Apache licence where it stands.
 */
export function bannerOf(title, parts) {
  const mit = parts.filter(({ licence }) => licence === 'MIT');
  const holders = mit.flatMap(({ name }) => licenceText(name).match(/^Copyright .*$/gm).map((line) => `${name}: ${line}`));
  const terms = mit.map(({ name }) => licenceText(name).split(/\n\n(?=Permission )/)[1]);
  const texts = new Map(terms.map((text) => [wordsOf(text), text]));
  if (texts.size > 1) throw new Error('the MIT licences of the parts differ: print each');
  const lines = [
    `${title}: Apache-2.0, https://www.apache.org/licenses/LICENSE-2.0`,
    'Parts of others (see NOTICE of the source; licences in market/web/static/vendor/licences.txt):',
    ...parts.map(({ name, version, licence }) => `${name} ${version}: ${licence}`),
    '',
    ...holders,
    ...[...texts.values()].flatMap((text) => ['', text]),
  ];
  const text = lines.join('\n');
  if (text.includes('*/')) throw new Error('the licences would end the comment');
  return `/*!\n${text}\n*/`;
}
