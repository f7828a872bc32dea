// build.mjs DIRECTORY: what goes to the browser, made into DIRECTORY: the style sheet, the script with its charts, fonts and the icon,
// each with a hash of its content in its name, so that it can be kept for ever; beside each what compresses also as .gz and .br;
// and licences.txt. Fails when it has become larger than the page may load.
import { build } from 'esbuild'
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const BUDGET = 225 * 1024 // bytes, compressed by gzip; the rest of 250 KB is the page itself
const here = dirname(fileURLToPath(import.meta.url))
const to = resolve(process.argv[2])
const LICENCES = ['echarts/LICENSE', 'echarts/NOTICE', 'zrender/LICENSE', 'tslib/LICENSE.txt', '@fontsource/be-vietnam-pro/LICENSE']

await rm(to, { recursive: true, force: true })
await mkdir(to, { recursive: true })
const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: ['src/portal.js', 'src/portal.css', 'src/icon.svg'],
  outdir: to,
  bundle: true,
  splitting: true,
  format: 'esm',
  target: ['es2022', 'chrome109', 'firefox115', 'safari16'],
  minify: true,
  legalComments: 'none', // licences.txt has them whole
  loader: { '.woff2': 'file', '.svg': 'copy' },
  entryNames: '[name].[hash]',
  chunkNames: '[name].[hash]',
  assetNames: '[name].[hash]',
  metafile: true
})

let total = 0
for (const name of (await readdir(to)).sort()) {
  const content = await readFile(join(to, name))
  let size = content.length
  if (!name.endsWith('.woff2')) {
    const gzip = gzipSync(content, { level: 9 })
    await writeFile(join(to, name + '.gz'), gzip)
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: size }
    await writeFile(join(to, name + '.br'), brotliCompressSync(content, { params }))
    size = gzip.length
  }
  total += size
}
const known = new Set(LICENCES.map(name => name.replace(/\/[^/]*$/, '')))
for (const input of Object.keys(metafile.inputs)) {
  const [, name] = input.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//) ?? []
  if (name && !known.has(name)) throw new Error(`${name} is in the bundle, and its licence is not kept`)
}
if (total > BUDGET) throw new Error(`the page loads ${total} bytes, and may load ${BUDGET}`)
const texts = await Promise.all(LICENCES.map(async name => `--- ${name}\n\n${await readFile(join(here, 'node_modules', name), 'utf8')}`))
await writeFile(join(to, 'licences.txt'), texts.join('\n'))
console.log(`${process.argv[2]}: ${total} bytes compressed`)
