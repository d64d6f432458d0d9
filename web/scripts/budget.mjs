// Weighs the scripts that the first page of each face needs (gzip) and fails above the limit.
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

let over = false
for (const face of asked()) {
  const path = join(outDir(face), '.vite/manifest.json')
  mustExist(path, 'Run "npm run build" first.')
  const files = filesOf(JSON.parse(readFileSync(path, 'utf8')), FACES[face].start)
  const bytes = files.reduce(
    (sum, file) => sum + gzipSync(readFileSync(join(outDir(face), file)), { level: 9 }).length,
    0,
  )
  const kb = bytes / 1000
  over ||= kb > FACES[face].limitKb
  console.log(`${face}: ${kb.toFixed(1)} kB of ${FACES[face].limitKb} kB (gzip, ${files.length} scripts)`)
}
if (over) {
  console.error('Over budget: load the heavy part lazily, or leave it out.')
  process.exit(1)
}
