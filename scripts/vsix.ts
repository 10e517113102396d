// Packs the extension for Visual Studio Code: `node scripts/vsix.ts [FOLDER]` leaves nrm-VERSION.vsix in editors/vscode/dist, or in FOLDER.
//
// A .vsix is a zip: the extension's files, a manifest for the gallery, and the media types of both. The usual packer brings 120 packages,
// among them a closed binary, for what is said in the hundred lines here. The TextMate grammar and the license have one source in the
// repository each, and are put in on the way. The same files give the same bytes.
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { type Zippable, zipSync } from 'fflate';
import { root } from './tools.ts';

const extension = path.join(root, 'editors/vscode');

/** What lies elsewhere in the repository, by its place in the extension. */
export const borrowed: Readonly<Record<string, string>> = {
  'syntaxes/nrm.tmLanguage.json': 'grammar/nrm.tmLanguage.json',
  'LICENSE.txt': 'LICENSE',
};

interface Manifest {
  readonly name: string;
  readonly publisher: string;
  readonly version: string;
  readonly displayName: string;
  readonly description: string;
  readonly icon: string;
  readonly categories: readonly string[];
  readonly keywords: readonly string[];
  readonly engines: { readonly vscode: string };
  readonly galleryBanner: { readonly color: string; readonly theme: string };
  readonly contributes: {
    readonly languages: readonly { readonly id: string; readonly extensions: readonly string[] }[];
  };
}

/** The files that belong to the extension, by their place in it, in order. */
export function extensionFiles(): ReadonlyMap<string, Uint8Array> {
  const ignored = readFileSync(path.join(extension, '.vscodeignore'), 'utf8').split('\n').filter(Boolean);
  const own = readdirSync(extension, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll(path.sep, '/'))
    .filter((file) => statSync(path.join(extension, file)).isFile())
    .filter((file) => !ignored.some((pattern) => path.posix.matchesGlob(file, pattern)))
    .map((file): [string, string] => [file, path.join(extension, file)]);
  const others = Object.entries(borrowed).map(([file, from]): [string, string] => [file, path.join(root, from)]);
  for (const [file] of others) {
    if (own.some(([name]) => name === file))
      throw new Error(`${file} is put in from ${borrowed[file]}: delete the copy`);
  }
  return new Map(
    [...own, ...others].sort(([a], [b]) => (a < b ? -1 : 1)).map(([file, from]) => [file, readFileSync(from)]),
  );
}

const xml = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.codePointAt(0)};`);

/** What the gallery and the editor read before they open the extension itself. */
function vsixManifest(manifest: Manifest): string {
  const { languages } = manifest.contributes;
  const tags = [
    ...manifest.keywords,
    ...languages.flatMap(({ id, extensions }) => [id, ...extensions.map((text) => `__ext_${text.slice(1)}`)]),
    'snippet',
    '__web_extension',
  ];
  const properties = {
    'Microsoft.VisualStudio.Code.Engine': manifest.engines.vscode,
    'Microsoft.VisualStudio.Code.ExtensionDependencies': '',
    'Microsoft.VisualStudio.Code.ExtensionPack': '',
    'Microsoft.VisualStudio.Code.ExtensionKind': 'ui,workspace,web',
    'Microsoft.VisualStudio.Code.LocalizedLanguages': '',
    'Microsoft.VisualStudio.Code.EnabledApiProposals': '',
    'Microsoft.VisualStudio.Services.GitHubFlavoredMarkdown': 'true',
    'Microsoft.VisualStudio.Services.Branding.Color': manifest.galleryBanner.color,
    'Microsoft.VisualStudio.Services.Branding.Theme': manifest.galleryBanner.theme,
    'Microsoft.VisualStudio.Services.Content.Pricing': 'Free',
  };
  const assets = {
    'Code.Manifest': 'package.json',
    'Services.Content.Details': 'README.md',
    'Services.Content.License': 'LICENSE.txt',
    'Services.Icons.Default': manifest.icon,
  };
  const { name, version, publisher } = manifest;
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">',
    '  <Metadata>',
    `    <Identity Language="en-US" Id="${xml(name)}" Version="${xml(version)}" Publisher="${xml(publisher)}"/>`,
    `    <DisplayName>${xml(manifest.displayName)}</DisplayName>`,
    `    <Description xml:space="preserve">${xml(manifest.description)}</Description>`,
    `    <Tags>${xml([...new Set(tags)].join(','))}</Tags>`,
    `    <Categories>${xml(manifest.categories.join(','))}</Categories>`,
    '    <GalleryFlags>Public</GalleryFlags>',
    '    <Properties>',
    ...Object.entries(properties).map(([id, value]) => `      <Property Id="${id}" Value="${xml(value)}"/>`),
    '    </Properties>',
    '    <License>extension/LICENSE.txt</License>',
    `    <Icon>extension/${xml(manifest.icon)}</Icon>`,
    '  </Metadata>',
    '  <Installation>',
    '    <InstallationTarget Id="Microsoft.VisualStudio.Code"/>',
    '  </Installation>',
    '  <Dependencies/>',
    '  <Assets>',
    ...Object.entries(assets).map(
      ([type, file]) =>
        `    <Asset Type="Microsoft.VisualStudio.${type}" Path="extension/${xml(file)}" Addressable="true"/>`,
    ),
    '  </Assets>',
    '</PackageManifest>',
    '',
  ].join('\n');
}

const mediaTypes: Readonly<Record<string, string>> = {
  '.json': 'application/json',
  '.md': 'text/markdown',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain',
  '.vsixmanifest': 'text/xml',
};

function contentTypes(files: readonly string[]): string {
  const used = [...new Set(['.vsixmanifest', ...files.map((file) => path.posix.extname(file))])].sort();
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">',
    ...used.map((end) => {
      const type = mediaTypes[end];
      if (type === undefined) throw new Error(`no media type is known for *${end}; should .vscodeignore leave it out?`);
      return `  <Default Extension="${end}" ContentType="${type}"/>`;
    }),
    '</Types>',
    '',
  ].join('\n');
}

/** Writes the package into a folder and returns its path. */
export function pack(folder: string): string {
  const files = extensionFiles();
  const manifest = JSON.parse(readFileSync(path.join(extension, 'package.json'), 'utf8')) as Manifest;
  const text = new TextEncoder();
  const entries: Zippable = {
    'extension.vsixmanifest': text.encode(vsixManifest(manifest)),
    '[Content_Types].xml': text.encode(contentTypes([...files.keys()])),
    ...Object.fromEntries([...files].map(([file, content]) => [`extension/${file}`, content])),
  };
  const target = path.join(folder, `${manifest.name}-${manifest.version}.vsix`);
  mkdirSync(folder, { recursive: true });
  // Zip counts years from 1980; a date of its own would make each package another.
  writeFileSync(target, zipSync(entries, { level: 9, mtime: new Date(1980, 0, 1) }));
  return target;
}

if (process.argv[1] === import.meta.filename) {
  const target = pack(path.resolve(process.argv[2] ?? path.join(extension, 'dist')));
  console.log(`${path.relative(process.cwd(), target)}  ${Math.ceil(statSync(target).size / 1024)} KiB`);
}
