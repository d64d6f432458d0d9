// Builds every face (or FACE=name alone) and compresses the result once, so that the server never has to.
import { spawnSync } from 'node:child_process'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { WEB, asked, outDir } from './faces.mjs'

const TEXT = new Set(['.html', '.js', '.mjs', '.css', '.svg', '.json', '.webmanifest', '.txt'])
const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } }

for (const face of asked()) {
  const { status } = spawnSync(process.execPath, [join(WEB, 'node_modules/vite/bin/vite.js'), 'build'], {
    cwd: WEB,
    env: { ...process.env, FACE: face },
    stdio: 'inherit',
  })
  if (status !== 0) process.exit(status ?? 1)
  for (const entry of readdirSync(outDir(face), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !TEXT.has(extname(entry.name))) continue
    const path = join(entry.parentPath, entry.name)
    const bytes = readFileSync(path)
    if (bytes.length < 512) continue
    writeFileSync(`${path}.br`, brotliCompressSync(bytes, brotli))
    writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }))
  }
}
