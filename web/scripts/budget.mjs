// Weighs the scripts that each page on which people begin needs (gzip) and fails above the limit.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { FACES, asked, mustExist, outDir } from './faces.mjs'

function filesOf(manifest, start) {
  const entries = Object.entries(manifest)
    .filter(([, chunk]) => chunk.isEntry)
    .map(([key]) => key)
  const waiting = [...entries, ...start]
  const seen = new Set()
  for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
    if (seen.has(key)) continue
    if (manifest[key] === undefined) throw new Error(`the build knows no ${key}; mend scripts/faces.mjs`)
    seen.add(key)
    waiting.push(...(manifest[key].imports ?? []))
  }
  return [...new Set([...seen].map((key) => manifest[key].file))].filter((file) => file.endsWith('.js'))
}

function weigh(face, manifest, start) {
  const files = filesOf(manifest, start)
  const bytes = files.reduce(
    (sum, file) => sum + gzipSync(readFileSync(join(outDir(face), file)), { level: 9 }).length,
    0,
  )
  return { kb: bytes / 1000, scripts: files.length }
}

let over = false
for (const face of asked()) {
  const path = join(outDir(face), '.vite/manifest.json')
  mustExist(path, 'Run "npm run build" first.')
  const manifest = JSON.parse(readFileSync(path, 'utf8'))
  for (const [page, start] of Object.entries(FACES[face].starts)) {
    const { kb, scripts } = weigh(face, manifest, start)
    over ||= kb > FACES[face].limitKb
    console.log(`${face}, ${page}: ${kb.toFixed(1)} kB of ${FACES[face].limitKb} kB (gzip, ${scripts} scripts)`)
  }
}
if (over) {
  console.error('Over budget: load the heavy part lazily, or leave it out.')
  process.exit(1)
}
